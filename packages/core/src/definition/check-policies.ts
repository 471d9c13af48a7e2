import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import { checkMatchers } from './check-matchers.js';
import { checkRange } from './check-range.js';
import type { RetryPolicy } from './retry-policy.js';
import type { SagaStepPolicies } from './saga-step.js';

/** The longest time a timer can wait, in milliseconds: 2^31 - 1, about 24.8 days. */
export const maximumTimerMs = 2_147_483_647;

type Problems = SagaDefinitionProblem[];

/**
 * What is out of range in a saga's, a step's or the module's policies. Only what is set is checked.
 *
 * @param where The class or saga to name in each problem.
 */
export function checkPolicies(where: string, policies: SagaStepPolicies): readonly SagaDefinitionProblem[] {
  const problems: Problems = [];
  checkRetry(problems, where, 'retry', policies.retry ?? {});
  const compensation = policies.compensation ?? {};
  checkRetry(problems, where, 'compensation', compensation);
  checkRange(problems, where, 'timeoutMs', policies.timeoutMs, isTimeout, timeoutRange);
  checkRange(problems, where, 'compensation.timeoutMs', compensation.timeoutMs, isTimeout, timeoutRange);
  checkRange(
    problems,
    where,
    'compensation.onExhausted',
    compensation.onExhausted,
    oneOf(['halt', 'continue']),
    '"halt" or "continue"',
  );
  checkRange(
    problems,
    where,
    'compensateOn',
    policies.compensateOn,
    oneOf(['completed', 'in-doubt', 'attempted']),
    '"completed", "in-doubt" or "attempted"',
  );
  return problems;
}

const timeoutRange = `a number of milliseconds over 0 and at most ${maximumTimerMs}`;
const intervalRange = `a number of milliseconds from 0 to ${maximumTimerMs}`;

function checkRetry(problems: Problems, where: string, name: string, retry: Partial<RetryPolicy>): void {
  checkRange(
    problems,
    where,
    `${name}.maximumAttempts`,
    retry.maximumAttempts,
    isAttempts,
    'an integer of at least 1',
  );
  checkRange(
    problems,
    where,
    `${name}.initialIntervalMs`,
    retry.initialIntervalMs,
    isInterval,
    intervalRange,
  );
  checkRange(
    problems,
    where,
    `${name}.maximumIntervalMs`,
    retry.maximumIntervalMs,
    isInterval,
    intervalRange,
  );
  checkRange(
    problems,
    where,
    `${name}.backoffCoefficient`,
    retry.backoffCoefficient,
    isCoefficient,
    'a finite number of at least 1',
  );
  checkRange(problems, where, `${name}.jitter`, retry.jitter, isShare, 'a number from 0 to 1');
  checkMatchers(problems, where, `${name}.nonRetryableErrors`, retry.nonRetryableErrors);
}

const isAttempts = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;
const isInterval = (value: unknown): boolean =>
  isFiniteNumber(value) && value >= 0 && value <= maximumTimerMs;
const isTimeout = (value: unknown): boolean => isFiniteNumber(value) && value > 0 && value <= maximumTimerMs;
const isCoefficient = (value: unknown): boolean => isFiniteNumber(value) && value >= 1;
const isShare = (value: unknown): boolean => isFiniteNumber(value) && value >= 0 && value <= 1;

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function oneOf(allowed: readonly string[]): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && allowed.includes(value);
}
