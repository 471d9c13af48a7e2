import { CircuitOpenError, matchesError, sagaDefaults, StepAbortedError } from '@nest-saga/core';
import type { CircuitBreaker, CircuitBreakerOptions, CircuitState } from '@nest-saga/core';
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState as CockatielState,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel';
import type { CircuitBreakerPolicy } from 'cockatiel';

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
    private readonly onChange: OnCircuitChange,
  ) {}

  async execute<Result>(stepId: string, attempt: () => Promise<Result>): Promise<Result> {
    const policy = this.policyOf(stepId);
    // The library lets others wait for the one call that tries the target; they are better off with the alternative.
    if (policy.state === CockatielState.HalfOpen) throw new CircuitOpenError(stepId);
    let isCalled = false;
    try {
      return await policy.execute(() => {
        isCalled = true;
        return attempt();
      });
    } catch (error) {
      // The step may have breakers of its own: only without a call was it this one.
      if (error instanceof BrokenCircuitError && !isCalled) throw new CircuitOpenError(stepId);
      throw error;
    }
  }

  isOpen(error: unknown): boolean {
    return error instanceof CircuitOpenError;
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
    const { failureThreshold, resetTimeoutMs, ignoredErrors = [] } = this.options;
    // What this process aborted for reasons of its own says nothing about the target.
    const counts = (error: Error): boolean =>
      !(error instanceof StepAbortedError) && !matchesError(ignoredErrors, error);
    return circuitBreaker(handleWhen(counts), {
      halfOpenAfter: resetTimeoutMs ?? sagaDefaults.circuitBreaker.resetTimeoutMs,
      breaker: new ConsecutiveBreaker(failureThreshold ?? sagaDefaults.circuitBreaker.failureThreshold),
    });
  }
}

const states: Readonly<Record<CockatielState, CircuitState>> = {
  [CockatielState.Closed]: 'closed',
  [CockatielState.Open]: 'open',
  [CockatielState.Isolated]: 'open',
  [CockatielState.HalfOpen]: 'half-open',
};
