import { Injectable, Logger } from '@nestjs/common';
import type { SagaLifecycleEvent, SagaListener, SagaReference, WorkerEvent } from '@nest-saga/core';
import type { EmittedEventReference, EventHandler, EventHandlers } from '@nest-saga/core/engine';
import { isThenable } from '@nest-saga/core/engine';
import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import { describeError } from '../logging/describe-error.js';
import { aboutSaga } from './about-saga.js';
import { EventClasses } from './event-classes.js';
import { GuardedObservable } from './guarded-observable.js';
import type { SubscriberGuard } from './guarded-observable.js';

type EventOf<Type> = Extract<SagaLifecycleEvent, { readonly type: Type }>;

/** An event that a step emitted with `run.emit(event)`. */
export interface SagaStepEvent extends SagaReference {
  /** The `seq` of the entry with which it was stored. With `sagaId` and `index` it identifies a repeated delivery. */
  readonly seq: number;
  /** Its place among the events of that entry, from 0. */
  readonly index: number;
  /** The step's id. */
  readonly step: string;
  /** The name under which the event's class is stored, if the event was an instance of a class. */
  readonly name?: string;
  /**
   * An instance of the class as which it was emitted. After a recovery: of the class with that name in an
   * `@EventsHandler()` of the application, if there is one.
   */
  readonly event: unknown;
}

/** A change in the life of a saga of this process. */
export type SagaLifecycle =
  | EventOf<'started' | 'compensating' | 'completed' | 'failed' | 'stuck'>
  | (SagaReference & {
      /** This process claimed the saga from another process, or from itself before a restart. */
      readonly type: 'recovered';
      readonly recoveries: number;
    });

/**
 * The events of the sagas of this process, after they are durable, in order for each saga.
 *
 * The events of steps are delivered at least once: the promise of a subscriber of `events$` is awaited before its saga continues, and
 * a process that recovers a saga delivers the events of its last step again. A subscriber that fails or takes longer than
 * `events.timeoutMs` is called again; after `events.retry.maximumAttempts` the saga continues without it, with an error in the log
 * and an entry in the journal. The promise of a subscriber behind an operator that waits, such as `debounceTime()`, cannot be
 * seen. `lifecycle$` and `worker$` are published once, and no promise is awaited.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class StuckAlarm {
 *   constructor(events: SagaEvents, pager: Pager) {
 *     events.lifecycle$.pipe(filter(({ type }) => type === 'stuck')).subscribe(({ sagaId }) => pager.call(sagaId));
 *   }
 * }
 * ```
 */
@Injectable()
export class SagaEvents implements SagaListener, EventHandlers {
  private readonly logger = new Logger('SagaEvents');
  private readonly lifecycle = new Subject<SagaLifecycle>();
  private readonly events = new Subject<SagaStepEvent>();
  private readonly worker = new Subject<WorkerEvent>();
  /** The saga of the event that is published at the moment. */
  private current: SagaReference | undefined;
  /** The calls of subscribers of the event that is delivered at the moment. */
  private collected: EventHandler[] | undefined;
  private subscribers = 0;

  /** Started, recovered, compensating, completed, failed and stuck. */
  readonly lifecycle$: Observable<SagaLifecycle> = this.guard(this.lifecycle);
  /** The events that steps emit with `run.emit()`. */
  readonly events$: GuardedObservable<SagaStepEvent> = new GuardedObservable<SagaStepEvent>(this.events, () =>
    this.collectingGuard(),
  );
  /** The events of this process as a worker: its lease, its sweeps, problems of the storage, circuit breakers. */
  readonly worker$: Observable<WorkerEvent> = this.guard(this.worker);

  constructor(private readonly classes: EventClasses) {}

  /** @internal Called by the engine. */
  onSagaEvent(event: SagaLifecycleEvent): void {
    const { sagaId, saga, version } = event;
    switch (event.type) {
      case 'claimed':
        if (event.isRecovery)
          this.tell(this.lifecycle, {
            type: 'recovered',
            sagaId,
            saga,
            version,
            recoveries: event.recoveries,
          });
        return;
      case 'started':
      case 'compensating':
      case 'completed':
      case 'failed':
      case 'stuck':
        return this.tell(this.lifecycle, event);
      default:
    }
  }

  /** @internal Called by the engine: every subscriber of `events$` and every handler of the bus is one. */
  handlersOf({ event: emitted, ...reference }: EmittedEventReference): readonly EventHandler[] {
    const event = this.classes.revive(reference.name, emitted);
    const collected: EventHandler[] = [];
    this.collected = collected;
    try {
      this.tell(this.events, { ...reference, event });
    } finally {
      this.collected = undefined;
    }
    return [...collected, ...this.classes.handlersOf(event)];
  }

  /** @internal Called by the engine. */
  onWorkerEvent(event: WorkerEvent): void {
    this.worker.next(event);
  }

  /** @internal No more events follow: subscribers that wait for one complete. */
  complete(): void {
    this.lifecycle.complete();
    this.events.complete();
    this.worker.complete();
  }

  /** @internal Called by the engine. */
  mayHandle(): boolean {
    return this.events.observed || this.classes.hasBus;
  }

  private tell<Value extends SagaReference>(subject: Subject<Value>, event: Value): void {
    const before = this.current;
    this.current = event;
    try {
      subject.next(event);
    } finally {
      this.current = before;
    }
  }

  private guard<Value>(subject: Subject<Value>): Observable<Value> {
    return new GuardedObservable<Value>(subject, () => this.reportingGuard());
  }

  private reportingGuard(): SubscriberGuard {
    const run = (call: () => unknown): void => this.runGuarded(call);
    return { next: run, end: run };
  }

  /** Keeps the calls for the delivery, which awaits and repeats them. What an operator held back for later runs at once. */
  private collectingGuard(): SubscriberGuard {
    const name = `subscriber ${++this.subscribers} of events$`;
    return {
      next: (handle) => {
        if (this.collected === undefined) this.runGuarded(handle);
        else this.collected.push({ name, handle });
      },
      end: (call) => this.runGuarded(call),
    };
  }

  private runGuarded(call: () => unknown): void {
    const { current } = this;
    const report = (error: unknown): void =>
      this.logger.error(`A subscriber threw${aboutSaga(current)}: ${describeError(error)}`);
    try {
      const returned = call();
      // RxJS ignores the promise of an async subscriber.
      if (isThenable(returned)) returned.then(undefined, report);
    } catch (error) {
      report(error);
    }
  }
}
