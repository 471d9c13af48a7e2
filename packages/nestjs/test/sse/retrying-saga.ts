import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Saga, SagaStep } from '../../src/index.js';
import type { SagaStepHandler, StepRun } from '../../src/index.js';

export const attempts = 150;

/** A saga of one step that succeeds at its last attempt, so that its journal is long. */
export class RetryingContext {
  /** @param heldAtAttempt The attempt that continues until this process shuts down. */
  constructor(readonly heldAtAttempt?: number) {}
}

@SagaStep({ id: 'retry', retry: { maximumAttempts: attempts, initialIntervalMs: 0, jitter: 0 } })
export class RetryingStep implements SagaStepHandler<RetryingContext> {
  async act({ heldAtAttempt }: RetryingContext, run: StepRun): Promise<void> {
    // Each attempt in a turn of its own, as with any real target.
    await nextTurn();
    if (run.attempt === heldAtAttempt) await once(run.signal, 'abort');
    if (run.attempt < attempts) throw new Error('not yet');
  }

  async compensate(): Promise<void> {}
}

@Saga({ name: 'retrying', context: RetryingContext, steps: [RetryingStep] })
export class RetryingSaga {}

export const retryingProviders = [RetryingSaga, RetryingStep];
