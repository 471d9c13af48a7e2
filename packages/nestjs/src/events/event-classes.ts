import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { SagaDefinitionProblem } from '@nest-saga/core';
import type { EventHandler } from '@nest-saga/core/engine';
import { classOfEvent, escapeControls, hydrate, isThenable } from '@nest-saga/core/engine';
import { namesOfHosts, VisibleProviders } from '../discovery/visible-providers.js';
import type { ProviderWrapper } from '../discovery/visible-providers.js';
import { AwaitedHandlers, isCqrsHandler } from './awaited-handlers.js';
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
  private readonly awaited = new AwaitedHandlers();
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
    this.handled = new HandledEvents(this.discovery.getProviders(), (instance, name) => {
      if (isCqrsHandler(instance)) this.awaited.intercept(instance, name);
    });
    return this.handled.check();
  }

  /** Whether events are published on a bus: it does not say whether it has a handler for them. */
  get hasBus(): boolean {
    return this.bus !== undefined;
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

  /** Publishes an event on the bus, once, and gives the handlers that wait for their call. */
  handlersOf(event: unknown): readonly EventHandler[] {
    const { bus } = this;
    if (bus === undefined || typeof event !== 'object' || event === null) return [];
    const { calls, given } = this.awaited.collect(event, () => attempt(() => bus.publish(event)));
    return needsAwaiting(given) ? [...calls, publisher(bus, event, given)] : calls;
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
}

type Given = { readonly returned: unknown } | { readonly error: unknown };

function attempt(publish: () => unknown): Given {
  try {
    return { returned: publish() };
  } catch (error) {
    return { error };
  }
}

function needsAwaiting(given: Given): boolean {
  return 'error' in given || isThenable(given.returned);
}

/** A publisher of the application, to a broker for example, whose first call has been made. */
function publisher(bus: PublishesEvents, event: object, first: Given): EventHandler {
  let given: Given | undefined = first;
  const handle = (): unknown => {
    const now = given ?? { returned: bus.publish(event) };
    given = undefined;
    if ('error' in now) throw now.error;
    return now.returned;
  };
  return { name: 'EventBus', handle };
}

// Compares methods, not the name, which a bundler may have shortened.
function isLikeEventBus(token: unknown): boolean {
  if (typeof token !== 'function') return false;
  const prototype: unknown = token.prototype;
  return (
    typeof prototype === 'object' && prototype !== null && 'publish' in prototype && 'publishAll' in prototype
  );
}
