import { NonRetryableError } from '../errors/non-retryable-error.js';
import { matchesError } from '../errors/error-matcher.js';
import type { ErrorMatcher } from '../errors/error-matcher.js';
import type { CircuitBreakerOptions } from '../options/circuit-breaker-options.js';

/**
 * The port to a circuit breaker. One object serves several steps and keeps a breaker for each step id. An
 * implementation may share the state between processes, which is why it only has to run `execute`.
 */
export interface CircuitBreaker {
  /**
   * Calls `attempt`, or rejects without calling it while the breaker of this step is open.
   *
   * A breaker from `fallback()` only sees the failures that count: those in `failureErrors`, or without that option all
   * but a `NonRetryableError`. For any other failure `attempt` resolves to `undefined`, because the target has
   * answered; the saga still sees the failure. A breaker from `createCircuitBreaker` sees all failures, and can use
   * `isCountedByBreaker`. A `StepAbortedError` means that this process stopped the attempt: count it neither as a
   * failure nor as a success.
   *
   * @throws An error for which `isOpen` returns true, if `attempt` was not called.
   */
  execute<Result>(stepId: string, attempt: () => Promise<Result>): Promise<Result>;
  /**
   * Whether this error means that the breaker was open. Only called with an error with which `execute` rejected without
   * calling `attempt`.
   */
  isOpen(error: unknown): boolean;
}

/** The step of a breaker. */
export interface GuardedStep {
  readonly saga: string;
  readonly version: number;
  /** The id of the step. */
  readonly step: string;
}

/** Makes the breaker of a fallback that only has settings: one for each fallback, in each version of each saga. */
export type CreateCircuitBreaker = (options: CircuitBreakerOptions, step: GuardedStep) => CircuitBreaker;

/**
 * Whether an error of a guarded act means that its target has a problem. A `NonRetryableError` never does: the target
 * has answered, and its answer is final. Use it in your own breakers, so that they count as the module's does.
 */
export function isCountedByBreaker(options: CircuitBreakerOptions, error: unknown): boolean {
  const { countedErrors, ignoredErrors = [] } = options;
  if (matchesError(refusals, error) || matchesError(ignoredErrors, error)) return false;
  return countedErrors === undefined || matchesError(countedErrors, error);
}

/** Matched by the code, too, because the application may have a second copy of this package. */
const refusals: readonly ErrorMatcher[] = [NonRetryableError, 'SAGA_STEP_NON_RETRYABLE'];
