import { breakerTable } from './circuit-breaker-options.js';
import { defaultsOf } from './defaults-of.js';
import { policyTable } from './step-policies.js';
import { workerTable } from './worker-options.js';

/**
 * The defaults of a step, a circuit breaker and a worker, read from the tables of their options. Times are in
 * milliseconds.
 */
export const sagaDefaults = Object.freeze({
  ...defaultsOf(policyTable),
  circuitBreaker: defaultsOf(breakerTable),
  ...defaultsOf(workerTable),
});
