import type { Clock } from '../ports/clock.js';

/** What a call gives, or a rejection if it takes too long. */
export function withinTime<Result>(
  clock: Clock,
  timeoutMs: number,
  what: string,
  call: () => Result | Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const cancelTimer = clock.startTimer(timeoutMs, () => reject(new TimedOutError(what, timeoutMs)));
    // In a promise of its own, so that an error that is thrown at once is a rejection.
    new Promise<Result>((called) => called(call())).then(resolve, reject).finally(cancelTimer);
  });
}

class TimedOutError extends Error {
  override readonly name = 'TimedOutError';

  constructor(what: string, timeoutMs: number) {
    super(`${what} did not end within ${timeoutMs} ms`);
  }
}
