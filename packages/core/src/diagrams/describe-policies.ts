import type { ErrorMatcher } from '../errors/error-matcher.js';
import type { RetryPolicy } from '../options/step-policies.js';
import type { FallbackStage } from '../definition/saga-definition.js';
import type { StepDefinition } from '../definition/saga-step.js';

/** A retry policy in words, for example `up to 3 attempts, waits 1 s, times 2, at most 1 min`. */
export function describeAttempts(policy: RetryPolicy): string {
  if (policy.maximumAttempts === 1) return '1 attempt';
  const isFinite = Number.isFinite(policy.maximumAttempts);
  const isGrowing = policy.maximumAttempts > 2 && policy.backoffCoefficient > 1;
  return [
    isFinite ? `up to ${policy.maximumAttempts} attempts` : 'until it succeeds',
    `waits ${describeDuration(policy.initialIntervalMs)}`,
    ...(isGrowing
      ? [`times ${policy.backoffCoefficient}`, `at most ${describeDuration(policy.maximumIntervalMs)}`]
      : []),
    ...(policy.nonRetryableErrors.length === 0 ? [] : [`not after ${namesOf(policy.nonRetryableErrors)}`]),
  ].join(', ');
}

/** A step's act in words: its attempts, and its time limit if there is one. */
export function describeAct({ retry, timeoutMs }: StepDefinition): string {
  return [describeAttempts(retry), ...describeTimeout(timeoutMs)].join(', ');
}

/** A step's compensation in words: its attempts, and its time limit if there is one. */
export function describeCompensation({ compensation, timeoutMs }: StepDefinition): string {
  return [describeAttempts(compensation), ...describeTimeout(compensation.timeoutMs ?? timeoutMs)].join(', ');
}

/** The acts after which a step is undone, in words. */
export function describeUndone({ compensateOn }: StepDefinition): string {
  return { completed: 'completed', 'in-doubt': 'completed or in doubt', attempted: 'attempted' }[
    compensateOn
  ];
}

/** When the alternative of a fallback replaces the primary, in words about the primary. */
export function describeFallbackCause({ failureErrors, circuitBreaker }: FallbackStage): string {
  const causes = [
    ...(failureErrors === undefined ? ['failed for good'] : []),
    ...(failureErrors === undefined || failureErrors.length === 0
      ? []
      : [`failed for good with ${namesOf(failureErrors)}`]),
    ...(circuitBreaker === undefined ? [] : ['its circuit breaker is open']),
  ];
  return causes.join(' or ') || 'never';
}

/** A time in the largest unit in which it is exact. */
export function describeDuration(milliseconds: number): string {
  const isWhole = (unitMs: number): boolean => milliseconds >= unitMs && milliseconds % unitMs === 0;
  if (milliseconds > 86_400_000 && isWhole(86_400_000)) return `${milliseconds / 86_400_000} d`;
  if (isWhole(3_600_000)) return `${milliseconds / 3_600_000} h`;
  if (isWhole(60_000)) return `${milliseconds / 60_000} min`;
  return milliseconds < 1_000 ? `${milliseconds} ms` : `${milliseconds / 1_000} s`;
}

function describeTimeout(timeoutMs: number | undefined): readonly string[] {
  return timeoutMs === undefined ? [] : [`${describeDuration(timeoutMs)} for each`];
}

function namesOf(matchers: readonly ErrorMatcher[]): string {
  return matchers.map((matcher) => (typeof matcher === 'string' ? matcher : matcher.name)).join(' or ');
}
