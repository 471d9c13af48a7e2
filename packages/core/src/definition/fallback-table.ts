import { group } from '../options/check-table.js';
import { breakerTable } from '../options/circuit-breaker-options.js';
import type { CircuitBreakerOptions } from '../options/circuit-breaker-options.js';
import { matchers } from '../options/matchers.js';
import { isObject, objectWith } from '../options/option.js';
import type { Option, OptionTable } from '../options/option.js';
import type { CircuitBreaker } from './circuit-breaker.js';

/** A circuit breaker of the application's own. */
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

/** What `fallback()` takes beside its two steps. */
export const fallbackTable = {
  /** Only these errors of the primary lead to the alternative; any other fails the saga. All of them, if left out. */
  failureErrors: matchers,
  /** Guards the primary: while it is open the alternative is taken at once. Settings, or a breaker of your own. */
  circuitBreaker: breakerOrSettings,
};
