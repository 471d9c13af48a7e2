import { group } from './check-table.js';
import { matchers } from './matchers.js';
import { amount, count, oneOf, share, time, timeLimit } from './option.js';
import type { FilledOptionsOf, OptionsOf } from './option.js';

/** When a failed act is tried again. */
const retryTable = {
  /** All attempts of `act` together, the first included: an integer of at least 1. @default 1 */
  maximumAttempts: count({ default: 1, minimum: 1 }),
  /** The delay before the second attempt, in milliseconds. @default 1_000 */
  initialIntervalMs: time({ default: 1_000, minimum: 0 }),
  /** Factor applied to each further delay: at least 1. @default 2 */
  backoffCoefficient: amount({ default: 2, minimum: 1 }),
  /** The upper limit of each delay, in milliseconds. @default 60_000 */
  maximumIntervalMs: time({ default: 60_000, minimum: 0 }),
  /** The random share of each delay, from 0 (none) to 1 (all of it). @default 0.2 */
  jitter: share({ default: 0.2 }),
  /**
   * Classes, codes or names of errors that are not tried again. An error is also selected by its `cause`, or by the
   * first of its `errors`.
   */
  nonRetryableErrors: matchers,
};

/** When a failed compensation is tried again, and what follows after the last attempt. */
const compensationTable = {
  ...retryTable,
  /** All attempts of `compensate` together, the first included: an integer of at least 1. @default 3 */
  maximumAttempts: count({ default: 3, minimum: 1 }),
  /**
   * `'halt'`: the saga is STUCK at once and the earlier steps wait, so the order is kept; `'continue'`: they are undone
   * first, and then the saga is STUCK.
   *
   * @default 'halt'
   */
  onExhausted: oneOf(['halt', 'continue'], { default: 'halt' }),
  /** The limit of one attempt of `compensate`, in milliseconds. Without it the step's `timeoutMs` applies. */
  timeoutMs: timeLimit(),
};

/** The common options of a step, a saga and the module. */
export const policyTable = {
  /** When a failed act is tried again. */
  retry: group(retryTable),
  /** When a failed compensation is tried again, and what follows after the last attempt. */
  compensation: group(compensationTable),
  /**
   * The limit of one attempt of `act` and of `compensate`, in milliseconds. After it the signal fires, and
   * `abortGraceMs` begin.
   */
  timeoutMs: timeLimit(),
  /**
   * Which steps are undone: those that are `'completed'`, those `'in-doubt'` as well, or all that were `'attempted'`. A
   * step is in doubt if an attempt timed out, was abandoned, or may have died with its process.
   *
   * @default 'in-doubt'
   */
  compensateOn: oneOf(['completed', 'in-doubt', 'attempted'], { default: 'in-doubt' }),
};

/** When a failed attempt is tried again. The names are those of Temporal. */
export interface RetryPolicy extends FilledOptionsOf<typeof retryTable> {}

/** The retry policy of a compensation, and the consequence when it is exhausted. */
export interface CompensationPolicy extends Omit<FilledOptionsOf<typeof compensationTable>, 'timeoutMs'> {
  /** The limit of one attempt of `compensate`, in milliseconds; undefined is the step's `timeoutMs`. */
  readonly timeoutMs: number | undefined;
}

/** What follows when a compensation has failed for good: see {@link CompensationPolicy.onExhausted}. */
export type OnExhausted = CompensationPolicy['onExhausted'];

/**
 * The policies of a step. Options that are left out come from the saga, then from the module, then from the defaults.
 */
export interface SagaStepPolicies extends OptionsOf<typeof policyTable> {}

/**
 * Which steps are undone: those that completed, also those whose effect is in doubt, or also those that only failed.
 */
export type CompensateOn = NonNullable<SagaStepPolicies['compensateOn']>;
