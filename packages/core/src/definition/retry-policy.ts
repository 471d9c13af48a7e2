import type { ErrorMatcher } from './error-matcher.js';

/** When a failed attempt is tried again. The words are Temporal's. */
export interface RetryPolicy {
  /** All attempts together, the first included. An integer of at least 1. */
  readonly maximumAttempts: number;
  /** The delay before the second attempt, in milliseconds. */
  readonly initialIntervalMs: number;
  /** By what each further delay is multiplied. At least 1. */
  readonly backoffCoefficient: number;
  /** No delay is longer than this, in milliseconds. */
  readonly maximumIntervalMs: number;
  /** The share of each delay that is random, from 0 (none) to 1 (all of it). */
  readonly jitter: number;
  /** Errors that end the attempts at once, as `NonRetryableError` does; so does one whose `cause` or first of `errors` is meant. */
  readonly nonRetryableErrors: readonly ErrorMatcher[];
}

/** What happens once a compensation has failed for good: see {@link CompensationPolicy.onExhausted}. */
export type OnExhausted = 'halt' | 'continue';

/** The retry policy of a step's compensation, and what follows when it is exhausted. */
export interface CompensationPolicy extends RetryPolicy {
  /**
   * `halt`: the saga is STUCK at once and earlier steps wait, so the order holds.
   * `continue`: the earlier steps are undone first, and the saga is STUCK then.
   */
  readonly onExhausted: OnExhausted;
  /** The limit of one attempt of `compensate`, in milliseconds; undefined is the step's `timeoutMs`. */
  readonly timeoutMs: number | undefined;
}

/** Which steps are undone: those that completed, also those whose effect is in doubt, or also those that only failed. */
export type CompensateOn = 'completed' | 'in-doubt' | 'attempted';
