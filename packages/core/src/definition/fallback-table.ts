import type { CircuitBreakerOptions } from './circuit-breaker.js';
import type { FallbackOptions } from './fallback.js';
import { group } from '../options/check-table.js';
import { count, isObject, objectWith, option } from '../options/option.js';
import type { Option, OptionTableOf } from '../options/option.js';
import { matchers } from '../options/matchers.js';

/** A circuit breaker of the application's own. */
export const breakerOption: Option = objectWith('a CircuitBreaker', 'execute', 'isOpen');

const breakerTable: OptionTableOf<CircuitBreakerOptions> = {
  failureThreshold: count({ minimum: 1 }),
  resetTimeoutMs: option(
    'a number of milliseconds over 0',
    (value) => typeof value === 'number' && Number.isFinite(value) && value > 0,
  ),
  countedErrors: matchers,
  ignoredErrors: matchers,
};

const settings = group(breakerTable);

/** What `fallback()` takes beside its two steps. */
export const fallbackTable: OptionTableOf<FallbackOptions> = {
  failureErrors: matchers,
  circuitBreaker: {
    check: (place, value) =>
      (isObject(value) && ('execute' in value || 'isOpen' in value) ? breakerOption : settings).check(
        place,
        value,
      ),
    table: breakerTable,
  },
};
