import type { AwaitResult } from '../ports/await-result.js';
import type { Clock } from '../ports/clock.js';
import type { StepInterceptor } from '../ports/step-interceptor.js';

/** The dependencies of an attempt. */
export interface StepAttemptDependencies {
  readonly clock: Clock;
  readonly interceptor: StepInterceptor | undefined;
  /** Absent: what a handler returns is its result, or a promise of it. */
  readonly awaitResult?: AwaitResult | undefined;
  /** How long an aborted attempt may still take, in milliseconds. */
  readonly abortGraceMs: number;
  /**
   * While it is true, the shutdown may have caused a failure, so the failure is not recorded, and another worker
   * repeats the attempt.
   */
  isStopping(): boolean;
  /** Whether this worker's lease is valid by its own monotonic clock; read right before each step and each handler. */
  isLeaseValid(): boolean;
}
