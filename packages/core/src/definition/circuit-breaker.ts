import type { ErrorMatcher } from './error-matcher.js';

/**
 * The port to a circuit breaker. One object serves many steps and keeps a breaker for each step id; an
 * implementation may share their state between processes, which is why `execute` is the only thing it is asked to run.
 */
export interface CircuitBreaker {
  /**
   * Calls `attempt`, or rejects without calling it while the breaker of this step is open.
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

/** The settings of a breaker that the module makes for a step. */
export interface CircuitBreakerOptions {
  /**
   * Failures in a row that open the breaker.
   *
   * @default 5
   */
  readonly failureThreshold?: number;
  /**
   * How long it stays open before one call is let through, in milliseconds.
   *
   * @default 60_000
   */
  readonly resetTimeoutMs?: number;
  /** Errors that are the business's own and say nothing about the target's health: they do not count. */
  readonly ignoredErrors?: readonly ErrorMatcher[];
}
