import type { SagaOutcome } from '@nest-saga/core';
import type { SagaStream } from '../streams/saga-stream.js';

/** A saga that is durable: it will end, whether or not anybody looks. */
export interface SagaHandle<Context = unknown> {
  readonly sagaId: string;
  /**
   * Its results from the first one on, replayed at each subscription. Completes where the saga COMPLETED, errors with
   * `SagaFailedError` or `SagaStuckError` otherwise; unsubscribing only detaches.
   */
  readonly results$: SagaStream;
  /**
   * How it ends: resolves for COMPLETED, FAILED and STUCK alike. Rejects with `SagaShuttingDownError` where this
   * process shuts down first; another one goes on with the saga.
   */
  outcome(): Promise<SagaOutcome<Context>>;
}
