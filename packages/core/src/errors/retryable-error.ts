import { markKind } from '../identity/error-kind.js';
import { SagaError } from './saga-error.js';

/** Options of {@link RetryableError}. */
export interface RetryableErrorOptions extends ErrorOptions {
  /** How long to wait before the next attempt, in milliseconds; replaces the policy's delay for this attempt. */
  readonly retryAfterMs?: number;
}

/**
 * Throw it from a step to set the time of the next attempt, for example from a `Retry-After` header (RFC 9110, 10.2.3).
 * The retry policy still limits the number of attempts.
 */
export class RetryableError extends SagaError {
  static {
    markKind(this, 'SAGA_STEP_RETRYABLE');
  }

  readonly code: string = 'SAGA_STEP_RETRYABLE';
  /** In milliseconds; if undefined, the policy sets the delay. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: RetryableErrorOptions = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}
