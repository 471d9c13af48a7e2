import { NonRetryableError } from '../errors/non-retryable-error.js';
import { matchesError } from '../errors/error-matcher.js';
import type { ErrorMatcher } from '../errors/error-matcher.js';
import type { CircuitBreakerOptions } from '../options/circuit-breaker-options.js';

/**
 * The port to a circuit breaker. One object serves many steps and keeps a breaker for each step id; an
 * implementation may share their state between processes, which is why `execute` is the only thing it is asked to run.
 */
export interface CircuitBreaker {
  /**
   * Calls `attempt`, or rejects without calling it while the breaker of this step is open.
   *
   * A breaker that a fallback brings sees the failures that count: with `failureErrors` those, without them any but a
   * `NonRetryableError`. For any other, `attempt` resolves to `undefined`, because the target has answered; the saga still
   * sees the failure. A breaker that `createCircuitBreaker` makes sees all failures, with `isCountedByBreaker` to tell
   * them apart. A `StepAbortedError` says that this process stopped the attempt: count it neither way.
   *
   * @throws An error for which `isOpen` answers true, where `attempt` was not called.
   */
  execute<Result>(stepId: string, attempt: () => Promise<Result>): Promise<Result>;
  /**
   * Whether this error says that the breaker was open. Asked only of an error with which `execute` rejected without
   * calling `attempt`.
   */
  isOpen(error: unknown): boolean;
}

/** Which step a breaker is for. */
export interface GuardedStep {
  readonly saga: string;
  readonly version: number;
  /** The id of the step. */
  readonly step: string;
}

/** Makes the breaker of a fallback that only gives settings: one for each of them, in each version of each saga. */
export type CreateCircuitBreaker = (options: CircuitBreakerOptions, step: GuardedStep) => CircuitBreaker;

/**
 * Whether an error of a guarded act says that its target is ill. A `NonRetryableError` never does: the target has answered, and
 * its answer is final. For breakers of your own, so that they count as the module's does.
 */
export function isCountedByBreaker(options: CircuitBreakerOptions, error: unknown): boolean {
  const { countedErrors, ignoredErrors = [] } = options;
  if (matchesError(refusals, error) || matchesError(ignoredErrors, error)) return false;
  return countedErrors === undefined || matchesError(countedErrors, error);
}

/** By its code too: the application may have a second copy of this package. */
const refusals: readonly ErrorMatcher[] = [NonRetryableError, 'SAGA_STEP_NON_RETRYABLE'];
