import type { StepAttemptReference, StepInterceptor } from '@nest-saga/core/engine';
import type { CrashPoints } from './crash-points.js';

/** Crashes an engine before or after the handlers of a step. It is around the interceptors of the application. */
export class CrashingInterceptor implements StepInterceptor {
  constructor(
    private readonly inner: StepInterceptor | undefined,
    private readonly points: CrashPoints,
    private readonly crash: () => void,
  ) {}

  async intercept<Result>(attempt: StepAttemptReference, call: () => Promise<Result>): Promise<Result> {
    const handler = attempt.action === 'act' ? 'act' : 'compensation';
    if (this.points.take(attempt.run.step, `before-${handler}`)) return this.die();
    const called = this.inner === undefined ? call() : this.inner.intercept(attempt, call);
    // A handler that throws has run, too.
    await called.catch(() => undefined);
    if (this.points.take(attempt.run.step, `after-${handler}`)) return this.die();
    return called;
  }

  private die(): Promise<never> {
    this.crash();
    return new Promise(() => undefined);
  }
}
