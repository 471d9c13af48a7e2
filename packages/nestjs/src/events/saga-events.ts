import { Injectable, Logger } from '@nestjs/common';
import type { SagaLifecycleEvent, SagaListener, SagaReference, WorkerEvent } from '@nest-saga/core';
import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import { describeError } from '../logging/describe-error.js';
import { aboutSaga } from './about-saga.js';
import { EventClasses } from './event-classes.js';
import { GuardedObservable } from './guarded-observable.js';

type EventOf<Type> = Extract<SagaLifecycleEvent, { readonly type: Type }>;

/** An event that a step emitted with `run.emit(event)`. */
export interface SagaStepEvent extends SagaReference {
  /** The `seq` of the entry with which it was stored. Together with `sagaId` it identifies a repeated delivery. */
  readonly seq: number;
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
 * The events of the sagas of this process, each published once after it is durable, in order for each saga. A process
 * that recovers a saga publishes the emitted events of its last step again, and none of earlier steps. The promise of a
 * subscriber is not awaited: if the process dies first, or the subscriber fails, the event is not published again. An
 * error of a subscriber is logged with the saga, and harms neither a saga nor another subscriber.
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
export class SagaEvents implements SagaListener {
  private readonly logger = new Logger('SagaEvents');
  private readonly lifecycle = new Subject<SagaLifecycle>();
  private readonly events = new Subject<SagaStepEvent>();
  private readonly worker = new Subject<WorkerEvent>();
  /** The saga of the event that is published at the moment. */
  private current: SagaReference | undefined;

  /** Started, recovered, compensating, completed, failed and stuck. */
  readonly lifecycle$: Observable<SagaLifecycle> = this.guard(this.lifecycle);
  /** The events that steps emit with `run.emit()`. */
  readonly events$: Observable<SagaStepEvent> = this.guard(this.events);
  /** The events of this process as a worker: its lease, its sweeps, problems of the storage, circuit breakers. */
  readonly worker$: Observable<WorkerEvent> = this.guard(this.worker);

  constructor(private readonly classes: EventClasses) {}

  /** @internal Called by the engine. */
  onSagaEvent(event: SagaLifecycleEvent): void {
    const { sagaId, saga, version } = event;
    switch (event.type) {
      case 'emitted':
        return this.onEmitted(event);
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

  private onEmitted(emitted: EventOf<'emitted'>): void {
    const { sagaId, saga, version, seq, step, name } = emitted;
    const event = this.classes.revive(name, emitted.event);
    const named = name === undefined ? {} : { name };
    this.tell(this.events, { sagaId, saga, version, seq, step, ...named, event });
    this.classes.publish(event, emitted);
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
    return new GuardedObservable<Value>(subject, () => {
      const { current } = this;
      return (error) => this.logger.error(`A subscriber threw${aboutSaga(current)}: ${describeError(error)}`);
    });
  }
}
