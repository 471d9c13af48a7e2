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

/** Is told when the breaker of a step changes. */
export type OnCircuitChange = (stepId: string, state: CircuitState) => void;

/**
 * Breakers in this process, one for each step: open after `failureThreshold` failures in a row, and half-open, for a
 * single call, `resetTimeoutMs` later.
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
    // The library lets others wait for the one call that tries the target; they are better off with the alternative.
    if (policy.state === CockatielState.HalfOpen) throw new CircuitOpenError(stepId);
    // Of an open breaker the library calls only what is the trial.
    const isTrial = policy.state === CockatielState.Open;
    let isCalled = false;
    try {
      return await policy.execute(() => {
        isCalled = true;
        return isTrial ? tryTarget(attempt) : attempt();
      });
    } catch (error) {
      // The step may have breakers of its own: only without a call was it this one.
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
    // What this process aborted for reasons of its own says nothing about the target.
    const counts = (error: Error): boolean =>
      isInstanceOf(error, TrialCutOff) ||
      (!isSagaError(error, 'SAGA_STEP_ABORTED') && isCountedByBreaker(this.options, error));
    return circuitBreaker(handleWhen(counts), {
      halfOpenAfter: new ResetTime(this.clock, resetTimeoutMs ?? sagaDefaults.circuitBreaker.resetTimeoutMs),
      breaker: new ConsecutiveBreaker(failureThreshold ?? sagaDefaults.circuitBreaker.failureThreshold),
    });
  }
}

/** A trial that this process aborted. The library closes the circuit at any error that does not count, so this one does. */
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
 * How long a circuit stays open: until the next call if its trial was cut off, because nothing was learnt from it. The library
 * compares the answer with a clock of its own, so the answer is "now" or "not yet", by the clock of the module.
 */
class ResetTime implements IBackoff<IHalfOpenAfterBackoffContext> {
  constructor(
    private readonly clock: Clock,
    private readonly resetTimeoutMs: number,
    private readonly isOverAt = 0,
  ) {}

  get duration(): number {
    // Below zero, because the wall clock may have been set back since.
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
