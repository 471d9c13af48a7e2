import { performance } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import type { CancelTimer, Clock } from '@nest-saga/core';

/**
 * The time of this machine. Its timers do not keep a process alive: whoever waits for a saga does.
 *
 * A test can put a clock of its own in its place: `overrideProvider(SystemClock).useValue(fakeClock)`.
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
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  }
}
