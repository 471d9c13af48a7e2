import type { Clock } from '@nest-saga/core';

/**
 * Waits for a promise, but not longer than `deadlineMs`. Resolves with whether it resolved in time; rejects if it
 * rejected in time.
 */
export async function untilDeadline(
  awaited: Promise<unknown>,
  deadlineMs: number,
  clock: Clock,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const cancelTimer = clock.startTimer(deadlineMs, () => resolve(false));
    awaited.then(() => resolve(true), reject).finally(cancelTimer);
  });
}
