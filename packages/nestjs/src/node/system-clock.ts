import { performance } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import type { Clock } from '@nest-saga/core';
import type { CancelTimer } from '@nest-saga/core/engine';

/** Node treats a longer delay as no delay. */
const maximumTimeoutMs = 2_147_483_647;

/**
 * The time of this machine. Its timers do not keep a process alive; a caller that waits for a saga does.
 *
 * A test can use its own clock: `overrideProvider(SystemClock).useValue(fakeClock)`.
 */
@Injectable()
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonicNow(): number {
    return performance.now();
  }

  startTimer(delayMs: number, callback: () => void): CancelTimer {
    // Node drops the fraction of a millisecond of both the delay and the current time, so a timer may be up to two
    // milliseconds early. A check for the end of a lease that runs too early would never notice the end.
    const timer = setTimeout(callback, Math.min(Math.ceil(delayMs) + 1, maximumTimeoutMs));
    timer.unref();
    return () => clearTimeout(timer);
  }
}
