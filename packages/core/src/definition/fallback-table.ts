import { group } from '../options/check-table.js';
import { breakerTable } from '../options/circuit-breaker-options.js';
import type { CircuitBreakerOptions } from '../options/circuit-breaker-options.js';
import { matchers } from '../options/matchers.js';
import { isObject, objectWith } from '../options/option.js';
import type { Option, OptionTable } from '../options/option.js';
import type { CircuitBreaker } from './circuit-breaker.js';

/** The application's own circuit breaker. */
export const breakerOption = objectWith<CircuitBreaker>('a CircuitBreaker', 'execute', 'isOpen');

const settings = group(breakerTable);

const breakerOrSettings: Option<CircuitBreakerOptions | CircuitBreaker> & { readonly table: OptionTable } = {
  check: (place, value) =>
    (isObject(value) && ('execute' in value || 'isOpen' in value) ? breakerOption : settings).check(
      place,
      value,
    ),
  table: breakerTable,
};

/** The options of `fallback()`. */
export const fallbackTable = {
  /** Only these errors of the primary lead to the alternative; any other fails the saga. Without it all errors do. */
  failureErrors: matchers,
  /** Guards the primary: while it is open, the alternative runs at once. Settings, or your own breaker. */
  circuitBreaker: breakerOrSettings,
};
