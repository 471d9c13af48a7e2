import type { GuardedStep } from '../definition/circuit-breaker.js';
import type { CircuitState } from './circuit-state.js';
import type { SagaStepResult } from '../journal/step-result.js';
import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';

/** Which execution an event is about. */
export interface SagaReference {
  readonly sagaId: string;
  readonly saga: string;
  readonly version: number;
}

/** Something that happened to a saga of this process, told after it is durable. */
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
        /** The name that the event's class is stored under, where it was an instance of one. */
        readonly name?: string;
        /** As the codec gives it back, with its class. Told again after a recovery, it has none. */
        readonly event: unknown;
      }
    | { readonly type: 'compensating'; readonly failure: SagaFailure | undefined }
    | { readonly type: 'completed' }
    | { readonly type: 'failed'; readonly failure: SagaFailure | undefined }
    | { readonly type: 'stuck'; readonly stuck: SagaStuck | undefined }
    | { readonly type: 'let-go'; readonly reason: LetGoReason }
    | { readonly type: 'context-large'; readonly bytes: number }
  );

/** Why a process stopped running a saga that has not ended. */
export type LetGoReason = 'fenced' | 'lease-lost' | 'parked' | 'shutdown' | 'trouble';

/** Something that happened to this process as a worker. */
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
      readonly type: 'storage-failed';
      readonly operation: string;
      readonly sagaId: string | undefined;
      readonly error: unknown;
    }
  | (GuardedStep & { readonly type: 'circuit'; readonly state: CircuitState });

/**
 * Is told what happens, once in the process where it happens. A listener never harms a saga: what it throws, or a
 * promise that it gives rejects with, is told to `onListenerError`, and the event is not told again.
 */
export interface SagaListener {
  onSagaEvent?(event: SagaLifecycleEvent): void;
  onWorkerEvent?(event: WorkerEvent): void;
  /** What one of the other two threw, and at which event. */
  onListenerError?(error: unknown, event: SagaLifecycleEvent | WorkerEvent): void;
}
