import { defineSaga, fallback } from '../index.js';
import type { FallbackOptions, SagaStepPolicies, StepDefinition } from '../index.js';
import { unusedHandler as handler } from '../../test/diagrams/definitions.js';
import {
  describeAct,
  describeCompensation,
  describeDuration,
  describeFallbackCause,
} from './describe-policies.js';

function stepWith(policies: SagaStepPolicies): StepDefinition {
  const [stage] = defineSaga({ name: 'order', steps: [{ id: 'charge', handler, ...policies }] }).stages;
  if (stage?.kind !== 'step') throw new Error('expected one step');
  return stage.step;
}

function causeOf(options: FallbackOptions): string {
  const steps = [fallback({ id: 'card', handler }, { id: 'invoice', handler }, options)];
  const [stage] = defineSaga({ name: 'order', steps }).stages;
  if (stage?.kind !== 'fallback') throw new Error('expected one fallback');
  return describeFallbackCause(stage);
}

const circuitBreaker = { execute: <T>(_: string, run: () => Promise<T>) => run(), isOpen: () => false };

describe('the policies of a step in words', () => {
  it('says one attempt if an act is not tried again', () => {
    expect(describeAct(stepWith({}))).toBe('1 attempt');
  });

  it('says how often, after which waits and after which errors not', () => {
    const retry = { maximumAttempts: 4, initialIntervalMs: 500, nonRetryableErrors: ['E_GONE', RangeError] };
    expect(describeAct(stepWith({ retry }))).toBe(
      'up to 4 attempts, waits 500 ms, times 2, at most 1 min, not after E_GONE or RangeError',
    );
  });

  it('leaves out how waits grow if they do not', () => {
    expect(describeAct(stepWith({ retry: { maximumAttempts: 2 } }))).toBe('up to 2 attempts, waits 1 s');
    expect(describeAct(stepWith({ retry: { maximumAttempts: 9, backoffCoefficient: 1 } }))).toBe(
      'up to 9 attempts, waits 1 s',
    );
  });

  it('says the time limit of an attempt, of a compensation its own before that of its step', () => {
    const step = stepWith({ timeoutMs: 5_000, compensation: { timeoutMs: 250, maximumAttempts: 1 } });
    expect(describeAct(step)).toBe('1 attempt, 5 s for each');
    expect(describeCompensation(step)).toBe('1 attempt, 250 ms for each');
    expect(describeCompensation(stepWith({ timeoutMs: 5_000, compensation: { maximumAttempts: 1 } }))).toBe(
      '1 attempt, 5 s for each',
    );
  });

  it('says when the alternative of a fallback is taken', () => {
    expect(causeOf({})).toBe('failed for good');
    expect(causeOf({ failureErrors: ['E_DOWN', RangeError] })).toBe(
      'failed for good with E_DOWN or RangeError',
    );
    expect(causeOf({ failureErrors: ['E_DOWN'], circuitBreaker })).toBe(
      'failed for good with E_DOWN or its circuit breaker is open',
    );
    expect(causeOf({ failureErrors: [], circuitBreaker })).toBe('its circuit breaker is open');
    expect(causeOf({ failureErrors: [] })).toBe('never');
  });

  it('shows times in the largest unit that is whole', () => {
    expect([0, 250, 1_000, 1_500, 60_000, 90_000, 7_200_000].map(describeDuration)).toEqual([
      '0 ms',
      '250 ms',
      '1 s',
      '1.5 s',
      '1 min',
      '90 s',
      '2 h',
    ]);
  });
});
