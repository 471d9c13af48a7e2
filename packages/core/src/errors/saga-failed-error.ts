import type { SagaFailure } from './saga-failure.js';
import { SagaError } from './saga-error.js';

/**
 * The saga ended FAILED: a step failed for good, or the saga was cancelled or passed its deadline, and the completed steps
 * were undone.
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
    super(`Saga "${saga}" ${sagaId} ${describe(failure)}; what was done has been undone.`, options);
  }

  /** The id of the step that failed, if there is one. */
  get step(): string | undefined {
    return this.failure.step;
  }
}

function describe({ reason, step, errorName, message }: SagaFailure): string {
  if (reason === 'cancelled') return `was cancelled (${message})`;
  if (reason === 'deadline') return 'passed its deadline';
  return `failed at step "${step ?? '?'}" (${errorName}: ${message})`;
}
