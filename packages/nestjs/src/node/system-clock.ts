import { performance } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import type { Clock } from '@nest-saga/core';
import type { CancelTimer } from '@nest-saga/core/engine';

/** A longer one Node takes for none at all. */
const maximumTimeoutMs = 2_147_483_647;

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
    // Node cuts the fractions of both the delay and the moment it counts from, so it would be early by up to two
    // milliseconds: an end of a lease that is looked at before it is there would never be noticed.
    const timer = setTimeout(callback, Math.min(Math.ceil(delayMs) + 1, maximumTimeoutMs));
    timer.unref();
    return () => clearTimeout(timer);
  }
}
