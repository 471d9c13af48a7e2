import { markKind } from '../identity/error-kind.js';
import { SagaError } from './saga-error.js';

/** Throw it from a step to say that trying again is useless: the attempts end at once, whatever the retry policy. */
export class NonRetryableError extends SagaError {
  static {
    markKind(this, 'SAGA_STEP_NON_RETRYABLE');
  }

  readonly code: string = 'SAGA_STEP_NON_RETRYABLE';
}
