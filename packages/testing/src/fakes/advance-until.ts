import type { FakeClock } from './fake-clock.js';

const stepMs = 50;

/**
 * Advances the time until the promise settles, and resolves with its result.
 *
 * @throws Error if it does not settle within `limitMs` milliseconds of the fake clock.
 */
export async function advanceUntil<Result>(
  clock: FakeClock,
  promise: Promise<Result>,
  limitMs = 3_600_000,
): Promise<Result> {
  const progress = { isSettled: false };
  const watched = promise.finally(() => {
    progress.isSettled = true;
  });
  // The caller that awaits the result handles the rejection.
  watched.catch(() => undefined);
  for (let waitedMs = 0; waitedMs <= limitMs; waitedMs += stepMs) {
    await clock.advance(0);
    if (progress.isSettled) return watched;
    await clock.advance(stepMs);
  }
  throw new Error(`not settled within ${limitMs} ms of the fake clock`);
}
