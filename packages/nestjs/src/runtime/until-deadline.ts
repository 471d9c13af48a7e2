import type { Clock } from '@nest-saga/core';

/** Waits for something, but no longer than this. Answers whether it came in time; rejects where it rejected in time. */
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
