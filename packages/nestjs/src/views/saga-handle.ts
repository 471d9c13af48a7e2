import type { SagaOutcome } from '@nest-saga/core';
import type { SagaStream } from '../streams/saga-stream.js';

/** A durable saga. It will end, even if no caller watches it. */
export interface SagaHandle<Context = unknown> {
  readonly sagaId: string;
  /**
   * The results of the saga from the first one on, replayed for each subscriber. Completes if the saga COMPLETED, and
   * errors with `SagaFailedError` or `SagaStuckError` otherwise. Unsubscribing only detaches.
   */
  readonly results$: SagaStream;
  /**
   * The outcome of the saga: resolves for COMPLETED, FAILED and STUCK alike. Rejects with `SagaShuttingDownError` if
   * this process shuts down first; another process then continues the saga.
   *
   * A step that awaits this keeps the slot of its own saga in the meantime: if such steps hold all slots (`concurrency`),
   * no slot is left for the sagas for which they wait.
   */
  outcome(): Promise<SagaOutcome<Context>>;
}
