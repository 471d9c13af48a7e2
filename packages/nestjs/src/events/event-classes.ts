import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { SagaDefinitionProblem, SagaReference } from '@nest-saga/core';
import { classOfEvent, escapeControls, hydrate, isThenable } from '@nest-saga/core/engine';
import { namesOfHosts, VisibleProviders } from '../discovery/visible-providers.js';
import type { ProviderWrapper } from '../discovery/visible-providers.js';
import { describeError } from '../logging/describe-error.js';
import { aboutSaga } from './about-saga.js';
import { HandledEvents } from './handled-events.js';

/** What is used of the event bus of `@nestjs/cqrs`. */
interface PublishesEvents {
  publish(event: object): unknown;
}

/**
 * The way from a step's stored event to the handlers of `@nestjs/cqrs`, where the application uses it: gives the event
 * the class that an `@EventsHandler()` names, and publishes it on the `EventBus`. Without the package it does nothing.
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
   * Looks whether the package is installed and its module imported, and which classes are handled. Gives what is not
   * clear about them.
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

  /** The event as an instance of its class: as it was emitted, else of the handled class of its name. */
  revive(name: string | undefined, event: unknown): unknown {
    const handled = name === undefined ? undefined : this.handled?.find(name);
    if (name === undefined || handled === undefined) return event;
    const own = classOfEvent(event);
    if (own === undefined) return hydrate(handled, event);
    if (own !== handled) this.warnOfNamesake(name, own);
    return event;
  }

  /** Puts an event on the bus, where there is one. What that throws is logged. */
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
    // Many have the package installed and do without its module: their start need not wait until it is loaded.
    if (!this.discovery.getProviders().some(({ token }) => isLikeEventBus(token))) return [];
    try {
      const { EventBus } = await import('@nestjs/cqrs');
      return this.visible.candidatesHere(EventBus);
    } catch {
      // Not installed: the class that looks like it is another one.
      return [];
    }
  }

  // It goes to its own subscribers now; a recovered saga knows nothing of it but its name.
  private warnOfNamesake(name: string, eventClass: object): void {
    if (this.namesakes.has(eventClass)) return;
    this.namesakes.add(eventClass);
    this.logger.warn(
      `A step emits an event "${escapeControls(name)}" that is not of the class of that name which is handled here. Told again by a ` +
        'recovered saga it would reach those handlers: give one of the classes a name of its own with @SagaEvent().',
    );
  }

  private report(error: unknown, saga: SagaReference): void {
    this.logger.error(`The EventBus refused an event${aboutSaga(saga)}: ${describeError(error)}`);
  }
}

// By its methods, not by its name, which a bundler may have made shorter.
function isLikeEventBus(token: unknown): boolean {
  if (typeof token !== 'function') return false;
  const prototype: unknown = token.prototype;
  return (
    typeof prototype === 'object' && prototype !== null && 'publish' in prototype && 'publishAll' in prototype
  );
}
