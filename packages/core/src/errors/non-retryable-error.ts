import { markKind } from '../identity/error-kind.js';
import { SagaError } from './saga-error.js';

/** Throw it from a step if further attempts are useless: the attempts end at once, for any retry policy. */
export class NonRetryableError extends SagaError {
  static {
    markKind(this, 'SAGA_STEP_NON_RETRYABLE');
  }

  readonly code: string = 'SAGA_STEP_NON_RETRYABLE';
}
