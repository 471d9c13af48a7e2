import type { Clock } from '@nest-saga/core';
import type { CancelTimer } from '@nest-saga/core/engine';

/** The time of this machine. Its timers keep no test run alive. */
export class RealClock implements Clock {
  /** @param aheadMs How far the wall clock of the process is ahead of this machine's. */
  constructor(private readonly aheadMs = 0) {}

  now(): number {
    return Date.now() + this.aheadMs;
  }

  monotonicNow(): number {
    return performance.now();
  }

  startTimer(delayMs: number, callback: () => void): CancelTimer {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  }
}
