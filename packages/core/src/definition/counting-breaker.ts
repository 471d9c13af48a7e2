import { isSagaError } from '../identity/thrown.js';
import { isCountedByBreaker } from './circuit-breaker.js';
import type { CircuitBreakerOptions } from '../options/circuit-breaker-options.js';
import type { CircuitBreaker } from './circuit-breaker.js';

/**
 * The application's own breaker, which does not know which errors of a step mean that its target has a problem. Any
 * other failure counts as an answer of the target: a declined card must not open the breaker for the next customer.
 */
export class CountingBreaker implements CircuitBreaker {
  constructor(
    private readonly breaker: CircuitBreaker,
    private readonly options: CircuitBreakerOptions,
  ) {}

  async execute<Result>(stepId: string, attempt: () => Promise<Result>): Promise<Result> {
    let answer: Promise<Result> | undefined;
    const returned = await this.breaker.execute(stepId, async () => {
      answer = undefined;
      const attempted = attempt();
      try {
        return await attempted;
      } catch (error) {
        // An aborted attempt is neither a failure nor an answer of the target, so the breaker has to see it.
        if (isSagaError(error, 'SAGA_STEP_ABORTED') || isCountedByBreaker(this.options, error)) throw error;
        answer = attempted;
        return undefined;
      }
    });
    return (answer ?? returned) as Promise<Result> | Result;
  }

  isOpen(error: unknown): boolean {
    return this.breaker.isOpen(error);
  }
}
