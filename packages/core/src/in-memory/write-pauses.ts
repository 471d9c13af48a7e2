import type { Clock } from '../ports/clock.js';

const writesBetweenPauses = 10_000;

/**
 * Answers come in microtasks, and microtasks alone would prevent all timers of the process from firing, including the
 * renewal of the lease. So all writers sometimes wait for one turn of the event loop.
 */
export class WritePauses {
  private writes = 0;
  private pause: Promise<void> | undefined;

  constructor(private readonly clock: Clock) {}

  /** Counts a write. Returns the promise to wait for, if there is a pause now. */
  next(): Promise<void> | undefined {
    if (++this.writes < writesBetweenPauses) return undefined;
    this.pause ??= new Promise((resolve) => {
      this.clock.startTimer(0, () => {
        this.writes = 0;
        this.pause = undefined;
        resolve();
      });
    });
    return this.pause;
  }
}
