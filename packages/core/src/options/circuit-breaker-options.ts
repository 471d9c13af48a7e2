import { matchers } from './matchers.js';
import { count, option } from './option.js';
import type { OptionsOf } from './option.js';

/** The settings of a circuit breaker. */
export const breakerTable = {
  /** The number of failures in a row that open the breaker. @default 5 */
  failureThreshold: count({ default: 5, minimum: 1 }),
  /** How long it stays open before one call is allowed, in milliseconds. @default 60_000 */
  resetTimeoutMs: option<number, { readonly default: number }>(
    'a number of milliseconds over 0',
    (value) => typeof value === 'number' && Number.isFinite(value) && value > 0,
    { default: 60_000 },
  ),
  /**
   * Only these errors count. Without it all errors except a `NonRetryableError` count.
   *
   * @default the `failureErrors` of the fallback
   */
  countedErrors: matchers,
  /** These errors do not count, because they do not show the state of the target. */
  ignoredErrors: matchers,
};

/** The settings of a breaker that the module makes for a step. */
export interface CircuitBreakerOptions extends OptionsOf<typeof breakerTable> {}
