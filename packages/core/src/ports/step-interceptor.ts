import type { StepRun } from '../definition/step-run.js';

/** What surrounds a step's attempt while it runs, for example a trace span. */
export interface StepInterceptor {
  /**
   * Calls `attempt` exactly once and gives back what it gives back. Wraps user code only: what it throws by itself
   * counts as the step's error.
   */
  intercept<Result>(attempt: StepAttemptReference, call: () => Promise<Result>): Promise<Result>;
}

/** Which attempt runs. */
export interface StepAttemptReference {
  readonly saga: string;
  readonly version: number;
  readonly action: 'act' | 'compensate';
  readonly run: StepRun;
  readonly metadata: Readonly<Record<string, string>>;
}
