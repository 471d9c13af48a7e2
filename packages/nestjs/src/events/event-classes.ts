import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { SagaDefinitionProblem, SagaReference } from '@nest-saga/core';
import { classOfEvent, escapeControls, hydrate, isThenable } from '@nest-saga/core/engine';
import { namesOfHosts, VisibleProviders } from '../discovery/visible-providers.js';
import type { ProviderWrapper } from '../discovery/visible-providers.js';
import { describeError } from '../logging/describe-error.js';
import { aboutSaga } from './about-saga.js';
import { HandledEvents } from './handled-events.js';

/** The part of the event bus of `@nestjs/cqrs` that is used here. */
interface PublishesEvents {
  publish(event: object): unknown;
}

/**
 * Delivers a step's stored event to the handlers of `@nestjs/cqrs`, if the application uses it: gives the event the
 * class from an `@EventsHandler()`, and publishes it on the `EventBus`. Without the package it does nothing.
 */
@Injectable()
export class EventClasses {
  private readonly logger = new Logger('SagaEvents');
  private readonly namesakes = new WeakSet<object>();
  private handled: HandledEvents | undefined;
  private bus: PublishesEvents | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly visible: VisibleProviders,
  ) {}

  /**
   * Finds out whether the package is installed, whether its module is imported, and which classes are handled. Returns
   * the ambiguities.
   */
  async find(): Promise<readonly SagaDefinitionProblem[]> {
    const buses = await this.findBuses();
    const [bus] = buses;
    if (bus === undefined) return [];
    if (buses.length > 1)
      return [
        {
          where: 'EventBus',
          problem: `${namesOfHosts(buses)} provide one, and SagaModule imports it from none of them`,
          remedy: 'Import CqrsModule.forRoot() once, in the root module',
        },
      ];
    this.bus = bus.instance as PublishesEvents;
    this.handled = new HandledEvents(this.discovery.getProviders());
    return this.handled.check();
  }

  /** The event as an instance of its class: as it was emitted, else of the handled class with its name. */
  revive(name: string | undefined, event: unknown): unknown {
    const handled = name === undefined ? undefined : this.handled?.find(name);
    if (name === undefined || handled === undefined) return event;
    const own = classOfEvent(event);
    if (own === undefined) return hydrate(handled, event);
    if (own !== handled) this.warnOfNamesake(name, own);
    return event;
  }

  /** Publishes an event on the bus, if there is one. Errors of the bus are logged. */
  publish(event: unknown, saga: SagaReference): void {
    if (this.bus === undefined || typeof event !== 'object' || event === null) return;
    try {
      const returned = this.bus.publish(event);
      if (isThenable(returned)) returned.then(undefined, (error: unknown) => this.report(error, saga));
    } catch (error) {
      this.report(error, saga);
    }
  }

  private async findBuses(): Promise<readonly ProviderWrapper[]> {
    // Many applications have the package installed without its module. They must not wait until it is loaded.
    if (!this.discovery.getProviders().some(({ token }) => isLikeEventBus(token))) return [];
    try {
      const { EventBus } = await import('@nestjs/cqrs');
      return this.visible.candidatesHere(EventBus);
    } catch {
      // The package is not installed: the class only looks like an event bus.
      return [];
    }
  }

  // Now the event reaches the subscribers of its own class. After a recovery only its name is known.
  private warnOfNamesake(name: string, eventClass: object): void {
    if (this.namesakes.has(eventClass)) return;
    this.namesakes.add(eventClass);
    this.logger.warn(
      `A step emits an event "${escapeControls(name)}" whose class is not the handled class of that name. If a recovery ` +
        'delivers it again, it reaches those handlers: give one of the classes its own name with @SagaEvent().',
    );
  }

  private report(error: unknown, saga: SagaReference): void {
    this.logger.error(`The EventBus refused an event${aboutSaga(saga)}: ${describeError(error)}`);
  }
}

// Compares methods, not the name, which a bundler may have shortened.
function isLikeEventBus(token: unknown): boolean {
  if (typeof token !== 'function') return false;
  const prototype: unknown = token.prototype;
  return (
    typeof prototype === 'object' && prototype !== null && 'publish' in prototype && 'publishAll' in prototype
  );
}
