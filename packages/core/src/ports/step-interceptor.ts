import type { StepRun } from '../definition/step-run.js';

/** Runs around each attempt of a step, for example to record a trace span. */
export interface StepInterceptor {
  /**
   * Calls `call` exactly once and returns its result. It wraps user code only: its own errors count as errors of the
   * step.
   */
  intercept<Result>(attempt: StepAttemptReference, call: () => Promise<Result>): Promise<Result>;
}

/** The attempt that runs. */
export interface StepAttemptReference {
  readonly saga: string;
  readonly version: number;
  readonly action: 'act' | 'compensate';
  readonly run: StepRun;
  readonly metadata: Readonly<Record<string, string>>;
}
