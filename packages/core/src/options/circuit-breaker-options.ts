import { matchers } from './matchers.js';
import { count, option } from './option.js';
import type { OptionsOf } from './option.js';

/** The settings of a circuit breaker. */
export const breakerTable = {
  /** Failures in a row that open the breaker. @default 5 */
  failureThreshold: count({ default: 5, minimum: 1 }),
  /** How long it stays open before one call is let through, in milliseconds. @default 60_000 */
  resetTimeoutMs: option<number, { readonly default: number }>(
    'a number of milliseconds over 0',
    (value) => typeof value === 'number' && Number.isFinite(value) && value > 0,
    { default: 60_000 },
  ),
  /**
   * Only these errors count. Without both every error counts but a `NonRetryableError`.
   *
   * @default the `failureErrors` of the fallback
   */
  countedErrors: matchers,
  /** These errors do not count, because they say nothing about the target's health. */
  ignoredErrors: matchers,
};

/** The settings of a breaker that the module makes for a step. */
export interface CircuitBreakerOptions extends OptionsOf<typeof breakerTable> {}
