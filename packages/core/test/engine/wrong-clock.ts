import type { Clock } from '@nest-saga/core';

/** A clock whose wall time is ahead by this many milliseconds, or behind if it is negative. Its monotonic time is right. */
export function wrongBy(skewMs: number, clock: Clock): Clock {
  return {
    now: () => clock.now() + skewMs,
    monotonicNow: () => clock.monotonicNow(),
    startTimer: (delayMs, callback) => clock.startTimer(delayMs, callback),
  };
}
