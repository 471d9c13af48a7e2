import type { SagaFailure } from './saga-failure.js';
import { SagaError } from './saga-error.js';

/**
 * The saga ended FAILED: a step failed for good, or the saga was cancelled, and the completed steps were undone.
 * `cause` is the step's own error if this process ran the step, and its recorded form otherwise.
 */
export class SagaFailedError extends SagaError {
  readonly code = 'SAGA_FAILED';

  constructor(
    readonly sagaId: string,
    readonly saga: string,
    readonly failure: SagaFailure,
    options?: ErrorOptions,
  ) {
    const why =
      failure.reason === 'cancelled'
        ? `was cancelled (${failure.message})`
        : `failed at step "${failure.step ?? '?'}" (${failure.errorName}: ${failure.message})`;
    super(`Saga "${saga}" ${sagaId} ${why}; what was done has been undone.`, options);
  }

  /** The id of the step that failed, if there is one. */
  get step(): string | undefined {
    return this.failure.step;
  }
}
