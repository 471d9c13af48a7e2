import { CircuitOpenError, isCountedByBreaker, sagaDefaults } from '@nest-saga/core';
import { isInstanceOf, isSagaError } from '@nest-saga/core/engine';
import type { CircuitBreaker, CircuitBreakerOptions, Clock, StepAbortedError } from '@nest-saga/core';
import type { CircuitState } from '@nest-saga/core/engine';
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState as CockatielState,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel';
import type { CircuitBreakerPolicy, IBackoff, IHalfOpenAfterBackoffContext } from 'cockatiel';

/** Called when the breaker of a step changes its state. */
export type OnCircuitChange = (stepId: string, state: CircuitState) => void;

/**
 * Breakers in this process, one for each step. A breaker opens after `failureThreshold` failures in a row, and becomes
 * half-open, for a single call, after `resetTimeoutMs` milliseconds.
 */
export class CockatielCircuitBreaker implements CircuitBreaker {
  private readonly policies = new Map<string, CircuitBreakerPolicy>();

  constructor(
    private readonly options: CircuitBreakerOptions,
    private readonly clock: Clock,
    private readonly onChange: OnCircuitChange,
  ) {}

  async execute<Result>(stepId: string, attempt: () => Promise<Result>): Promise<Result> {
    const policy = this.policyOf(stepId);
    // The library makes other calls wait for the one call that tries the target. The alternative serves them sooner.
    if (policy.state === CockatielState.HalfOpen) throw new CircuitOpenError(stepId);
    // While a breaker is open, the library calls nothing but the trial.
    const isTrial = policy.state === CockatielState.Open;
    let isCalled = false;
    try {
      return await policy.execute(() => {
        isCalled = true;
        return isTrial ? tryTarget(attempt) : attempt();
      });
    } catch (error) {
      // The step may have breakers of its own: the error comes from this one only if the step was not called.
      if (isInstanceOf(error, BrokenCircuitError) && !isCalled) throw new CircuitOpenError(stepId);
      throw isInstanceOf(error, TrialCutOff) ? error.abortedBy : error;
    }
  }

  isOpen(error: unknown): boolean {
    return isSagaError(error, 'SAGA_CIRCUIT_OPEN');
  }

  private policyOf(stepId: string): CircuitBreakerPolicy {
    const known = this.policies.get(stepId);
    if (known !== undefined) return known;
    const policy = this.makePolicy();
    policy.onStateChange((state) => this.onChange(stepId, states[state]));
    this.policies.set(stepId, policy);
    return policy;
  }

  private makePolicy(): CircuitBreakerPolicy {
    const { failureThreshold, resetTimeoutMs } = this.options;
    // If this process aborted the attempt for its own reasons, the error says nothing about the target.
    const counts = (error: Error): boolean =>
      isInstanceOf(error, TrialCutOff) ||
      (!isSagaError(error, 'SAGA_STEP_ABORTED') && isCountedByBreaker(this.options, error));
    return circuitBreaker(handleWhen(counts), {
      halfOpenAfter: new ResetTime(this.clock, resetTimeoutMs ?? sagaDefaults.circuitBreaker.resetTimeoutMs),
      breaker: new ConsecutiveBreaker(failureThreshold ?? sagaDefaults.circuitBreaker.failureThreshold),
    });
  }
}

/**
 * A trial that this process aborted. The library closes the circuit after any error that does not count, so this one
 * counts.
 */
class TrialCutOff extends Error {
  constructor(readonly abortedBy: StepAbortedError) {
    super('the trial of a half-open circuit was cut off');
  }
}

async function tryTarget<Result>(attempt: () => Promise<Result>): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    throw isSagaError(error, 'SAGA_STEP_ABORTED') ? new TrialCutOff(error) : error;
  }
}

/**
 * How long a circuit stays open. If the trial was cut off, it stays open until the next call, because the trial showed
 * nothing. The library compares the answer with its own clock, so the answer is "now" or "not yet", by the clock of the
 * module.
 */
class ResetTime implements IBackoff<IHalfOpenAfterBackoffContext> {
  constructor(
    private readonly clock: Clock,
    private readonly resetTimeoutMs: number,
    private readonly isOverAt = 0,
  ) {}

  get duration(): number {
    // Below zero, because the wall clock may have been set back in the meantime.
    return this.clock.monotonicNow() >= this.isOverAt ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }

  next({ result }: IHalfOpenAfterBackoffContext): ResetTime {
    const isCutOff = 'error' in result && isInstanceOf(result.error, TrialCutOff);
    const now = this.clock.monotonicNow();
    return new ResetTime(this.clock, this.resetTimeoutMs, isCutOff ? now : now + this.resetTimeoutMs);
  }
}

const states: Readonly<Record<CockatielState, CircuitState>> = {
  [CockatielState.Closed]: 'closed',
  [CockatielState.Open]: 'open',
  [CockatielState.Isolated]: 'open',
  [CockatielState.HalfOpen]: 'half-open',
};
