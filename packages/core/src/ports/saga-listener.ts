import type { GuardedStep } from '../definition/circuit-breaker.js';
import type { CircuitState } from './circuit-state.js';
import type { SagaStepResult } from '../journal/step-result.js';
import type { RecordedError } from '../errors/recorded-error.js';
import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';

/** The execution of an event. */
export interface SagaReference {
  readonly sagaId: string;
  readonly saga: string;
  readonly version: number;
}

/** An event of a saga of this process, published after it is durable. */
export type SagaLifecycleEvent = SagaReference &
  (
    | {
        readonly type: 'started';
        readonly isQueued: boolean;
        readonly metadata: Readonly<Record<string, string>>;
      }
    | {
        readonly type: 'claimed';
        readonly isRecovery: boolean;
        readonly recoveries: number;
        readonly metadata: Readonly<Record<string, string>>;
      }
    | { readonly type: 'step'; readonly result: SagaStepResult }
    | {
        readonly type: 'emitted';
        readonly seq: number;
        readonly step: string;
        /** The name under which the event's class is stored, if the event was an instance of a class. */
        readonly name?: string;
        /** The event as decoded by the codec, with its class. After a recovery it has no class. */
        readonly event: unknown;
      }
    | {
        readonly type: 'delivery-failed';
        /** The `seq` of the entry with the event. */
        readonly seq: number;
        readonly index: number;
        readonly handler: string;
        readonly error: RecordedError;
      }
    | {
        readonly type: 'overdue';
        /** The id of the step that is tried again; undefined if the saga passed its deadline. */
        readonly step: string | undefined;
        /** The failed attempts of the step, or undefined. */
        readonly attempt: number | undefined;
        /**
         * `attempts`: a step that is tried until it succeeds has failed `overdueAfter` times or more. `deadline`: the saga
         * passed its deadline after its pivot, so it is not undone.
         */
        readonly reason: 'attempts' | 'deadline';
      }
    | { readonly type: 'compensating'; readonly failure: SagaFailure | undefined }
    | { readonly type: 'completed' }
    | { readonly type: 'failed'; readonly failure: SagaFailure | undefined }
    | { readonly type: 'stuck'; readonly stuck: SagaStuck | undefined }
    | { readonly type: 'stopped'; readonly reason: StopReason }
    | { readonly type: 'context-large'; readonly bytes: number }
  );

/** The reason why a process stopped running a saga that has not ended. */
export type StopReason = 'fenced' | 'lease-lost' | 'parked' | 'shutdown' | 'trouble';

/** An event of this process as a worker. */
export type WorkerEvent =
  | { readonly type: 'lease-acquired'; readonly worker: string }
  | { readonly type: 'lease-lost'; readonly worker: string }
  | { readonly type: 'renewal-failed'; readonly worker: string; readonly error: unknown }
  | {
      readonly type: 'swept';
      readonly released: number;
      readonly claimed: number;
      readonly durationMs: number;
    }
  | { readonly type: 'sweep-failed'; readonly error: unknown }
  | {
      /** A message to a saga was deleted, because the saga does not take it: it has ended, or does not exist. */
      readonly type: 'message-refused';
      readonly sagaId: string;
      /** The kind of the entry that it had. */
      readonly kind: string;
      readonly error: unknown;
    }
  | {
      readonly type: 'storage-failed';
      readonly operation: string;
      readonly sagaId: string | undefined;
      readonly error: unknown;
    }
  | {
      readonly type: 'message-failed';
      readonly sagaId: string;
      readonly seq: number;
      readonly sink: string;
      /** The attempts that failed, this one included. */
      readonly attempts: number;
      /** Whether it waits for a person now. */
      readonly parked: boolean;
      readonly error: unknown;
    }
  /** The sink cannot be reached at the moment: its messages wait. */
  | { readonly type: 'sink-failed'; readonly sinks: readonly string[]; readonly error: unknown }
  | (GuardedStep & { readonly type: 'circuit'; readonly state: CircuitState });

/**
 * Notified of each event once, in the process in which it happens. A listener never harms a saga: an error that it
 * throws, or with which its promise rejects, is passed to `onListenerError`, and the event is not repeated.
 */
export interface SagaListener {
  onSagaEvent?(event: SagaLifecycleEvent): void;
  onWorkerEvent?(event: WorkerEvent): void;
  /** An error of one of the other two methods, with its event. */
  onListenerError?(error: unknown, event: SagaLifecycleEvent | WorkerEvent): void;
}
