import { hydrate } from '../context/hydrate.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import type { EventClasses } from '../execution/attempt-run.js';
import type { DeliveredEntry, FailedDelivery } from '../execution/delivery.js';
import { retryDelay } from '../execution/retry-delay.js';
import { decodeEvents } from '../journal/emitted-events.js';
import { isThenable } from '../identity/thrown.js';
import type { SagaWorkerOptions } from '../options/worker-options.js';
import type { Clock } from '../ports/clock.js';
import type { EmittedEventReference, EventHandler, EventHandlers } from '../ports/event-handlers.js';
import type { IdGenerator } from '../ports/id-generator.js';
import type { SagaReference } from '../ports/saga-listener.js';
import type { Surroundings } from '../ports/surroundings.js';
import { DeliverySlots } from './delivery-slots.js';

/** The dependencies of deliveries. */
export interface EventDeliveriesDependencies {
  readonly handlers: EventHandlers;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly surroundings: Surroundings;
}

/**
 * Delivers the events of entries to the handlers of this process, in order for each saga. It calls each handler until
 * the handler has handled the event or its attempts are used up.
 */
export class EventDeliveries {
  private readonly slots: DeliverySlots;

  constructor(
    private readonly dependencies: EventDeliveriesDependencies,
    private readonly options: SagaWorkerOptions['events'],
  ) {
    this.slots = new DeliverySlots(options.concurrency);
  }

  /**
   * Delivers the events of an entry. Undefined if nothing is left to wait for; otherwise the promise gives the handlers
   * that were given up.
   *
   * @throws the codec's error if it cannot read the events.
   */
  deliver(delivered: DeliveredEntry): Promise<readonly FailedDelivery[]> | undefined {
    return this.deliverFrom(0, eventsOf(delivered), delivered);
  }

  private deliverFrom(
    first: number,
    events: readonly EmittedEventReference[],
    delivered: DeliveredEntry,
  ): Promise<readonly FailedDelivery[]> | undefined {
    for (let index = first; index < events.length; index++) {
      const event = events[index];
      if (event === undefined || delivered.isOver()) return undefined;
      const handlers = this.dependencies.handlers.handlersOf(event);
      const open = handlers.filter(({ name }) => !delivered.isGivenUp(index, name));
      const waits = open.flatMap((handler) => this.begin(handler, index, delivered) ?? []);
      if (waits.length > 0) return this.goOn(waits, index + 1, events, delivered);
    }
    return undefined;
  }

  private async goOn(
    waits: readonly Promise<FailedDelivery | undefined>[],
    next: number,
    events: readonly EmittedEventReference[],
    delivered: DeliveredEntry,
  ): Promise<readonly FailedDelivery[]> {
    const failed = (await Promise.all(waits)).filter((failure) => failure !== undefined);
    return [...failed, ...((await this.deliverFrom(next, events, delivered)) ?? [])];
  }

  /**
   * Calls a handler at once if a slot is free. A handler that returns no promise is done then, and nothing waits for
   * it.
   */
  private begin(
    handler: EventHandler,
    index: number,
    delivered: DeliveredEntry,
  ): Promise<FailedDelivery | undefined> | undefined {
    if (!this.slots.take()) return this.attempt(handler, index, delivered, this.slots.wait());
    const first = this.call(handler);
    if (first.kind === 'done') {
      this.slots.release();
      return undefined;
    }
    return this.attempt(handler, index, delivered, undefined, first);
  }

  private async attempt(
    handler: EventHandler,
    index: number,
    delivered: DeliveredEntry,
    slot: Promise<void> | undefined,
    begun?: Call,
  ): Promise<FailedDelivery | undefined> {
    await slot;
    const { retry } = this.options;
    let call = begun ?? this.call(handler);
    for (let attempt = 1; ; attempt++) {
      const ended = await this.end(call);
      this.slots.release();
      if (ended.kind === 'done' || delivered.isOver()) return undefined;
      if (attempt >= retry.maximumAttempts) {
        handler.onGivenUp?.(ended.error);
        return { index, handler: handler.name, error: ended.error };
      }
      await this.sleep(retryDelay(retry, attempt, this.dependencies.ids.random()));
      if (delivered.isOver()) return undefined;
      if (!this.slots.take()) await this.slots.wait();
      call = this.call(handler);
    }
  }

  private call(handler: EventHandler): Call {
    try {
      const returned = this.dependencies.surroundings.run(() => handler.handle());
      return isThenable(returned) ? { kind: 'running', returned } : { kind: 'done' };
    } catch (error) {
      return { kind: 'failed', error };
    }
  }

  /** A handler that takes too long counts as failed, although it may still run. */
  private async end(call: Call): Promise<Exclude<Call, { kind: 'running' }>> {
    if (call.kind !== 'running') return call;
    const { timeoutMs } = this.options;
    return new Promise((resolve) => {
      const cancelTimer = this.dependencies.clock.startTimer(timeoutMs, () =>
        resolve({ kind: 'failed', error: new DeliveryTimedOutError(timeoutMs) }),
      );
      Promise.resolve(call.returned).then(
        () => {
          cancelTimer();
          resolve({ kind: 'done' });
        },
        (error: unknown) => {
          cancelTimer();
          resolve({ kind: 'failed', error });
        },
      );
    });
  }

  private sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.dependencies.clock.startTimer(delayMs, resolve);
    });
  }
}

type Call =
  | { readonly kind: 'done' }
  | { readonly kind: 'running'; readonly returned: unknown }
  | { readonly kind: 'failed'; readonly error: unknown };

/** A handler took longer than `events.timeoutMs`. */
class DeliveryTimedOutError extends Error {
  override readonly name = 'DeliveryTimedOutError';

  constructor(timeoutMs: number) {
    super(`the handler did not end within ${timeoutMs} ms`);
  }
}

/** The events of an entry, each as an instance of the class as which it was emitted, if that is known. */
export function eventsOf({
  definition,
  header,
  entry,
  classes = [],
}: {
  readonly definition: SagaDefinition;
  readonly header: SagaReference;
  readonly entry: DeliveredEntry['entry'];
  readonly classes?: EventClasses | undefined;
}): readonly EmittedEventReference[] {
  if (!('events' in entry) || entry.events === undefined) return [];
  const { sagaId, saga, version } = header;
  const { seq, step } = entry;
  return decodeEvents(definition.codec, entry.events).map((emitted, index) => ({
    sagaId,
    saga,
    version,
    seq,
    index,
    step,
    ...emitted,
    event: hydrate(classes[index], emitted.event),
  }));
}
