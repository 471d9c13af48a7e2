import { Injectable, Logger } from '@nestjs/common';
import type { SagaLifecycleEvent, SagaListener, SagaReference, WorkerEvent } from '@nest-saga/core';
import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import { describeError } from '../logging/describe-error.js';
import { aboutSaga } from './about-saga.js';
import { EventClasses } from './event-classes.js';
import { GuardedObservable } from './guarded-observable.js';

type EventOf<Type> = Extract<SagaLifecycleEvent, { readonly type: Type }>;

/** What a step emitted with `run.emit(event)`. */
export interface SagaStepEvent extends SagaReference {
  /** The place in the journal of the entry that it was stored with: with `sagaId`, what tells a repeated delivery. */
  readonly seq: number;
  /** The step's id. */
  readonly step: string;
  /** The name that the event's class is stored under, where it was an instance of one. */
  readonly name?: string;
  /**
   * An instance of the class it was emitted as. Told again after a recovery, of the class of that name which an
   * `@EventsHandler()` of the application names, where there is one.
   */
  readonly event: unknown;
}

/** What became of a saga of this process. */
export type SagaLifecycle =
  | EventOf<'started' | 'compensating' | 'completed' | 'failed' | 'stuck'>
  | (SagaReference & {
      /** This process took it up from another one, or from itself before a restart. */
      readonly type: 'recovered';
      readonly recoveries: number;
    });

/**
 * What happens to the sagas of this process, each told once after it is durable, in order for each saga. A process that
 * recovers a saga tells again what its last step emitted, and nothing of earlier steps. No promise of a subscriber is
 * awaited: what it had not done yet when the process died, or what it failed to do, is not told again. What a subscriber
 * throws is logged with the saga, and harms neither a saga nor another subscriber.
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
  /** The saga of the event that is being told. */
  private told: SagaReference | undefined;

  /** Started, recovered, compensating, completed, failed and stuck. */
  readonly lifecycle$: Observable<SagaLifecycle> = this.guard(this.lifecycle);
  /** What steps emit with `run.emit()`. */
  readonly events$: Observable<SagaStepEvent> = this.guard(this.events);
  /** What happens to this process as a worker: its lease, its sweeps, trouble with the storage, circuit breakers. */
  readonly worker$: Observable<WorkerEvent> = this.guard(this.worker);

  constructor(private readonly classes: EventClasses) {}

  /** @internal Told by the engine. */
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

  /** @internal Told by the engine. */
  onWorkerEvent(event: WorkerEvent): void {
    this.worker.next(event);
  }

  /** @internal No more will come: whoever waits for one is let go. */
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
    const before = this.told;
    this.told = event;
    try {
      subject.next(event);
    } finally {
      this.told = before;
    }
  }

  private guard<Value>(subject: Subject<Value>): Observable<Value> {
    return new GuardedObservable<Value>(subject, () => {
      const { told } = this;
      return (error) => this.logger.error(`A subscriber threw${aboutSaga(told)}: ${describeError(error)}`);
    });
  }
}
