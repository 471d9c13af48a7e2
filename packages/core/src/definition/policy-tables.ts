import type { CompensationPolicy, RetryPolicy } from './retry-policy.js';
import type { SagaStepPolicies } from './saga-step.js';
import { group } from '../options/check-table.js';
import { matchers } from '../options/matchers.js';
import { amount, count, oneOf, share, time, timeLimit } from '../options/option.js';
import type { OptionTableOf } from '../options/option.js';

const retryTable: OptionTableOf<RetryPolicy> = {
  maximumAttempts: count({ minimum: 1 }),
  initialIntervalMs: time({ minimum: 0 }),
  backoffCoefficient: amount({ minimum: 1 }),
  maximumIntervalMs: time({ minimum: 0 }),
  jitter: share(),
  nonRetryableErrors: matchers,
};

const compensationTable: OptionTableOf<CompensationPolicy> = {
  ...retryTable,
  onExhausted: oneOf('halt', 'continue'),
  timeoutMs: timeLimit(),
};

/** What a step, a saga and the module say about every step. */
export const policyTable: OptionTableOf<SagaStepPolicies> = {
  retry: group(retryTable),
  compensation: group(compensationTable),
  timeoutMs: timeLimit(),
  compensateOn: oneOf('completed', 'in-doubt', 'attempted'),
};
