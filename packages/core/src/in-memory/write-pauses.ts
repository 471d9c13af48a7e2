import type { Clock } from '../ports/clock.js';

const writesBetweenPauses = 10_000;

/**
 * Answers come in microtasks, and microtasks alone would keep every timer of the process from firing, the renewal of the
 * lease among them: now and then all writers wait for one turn of the event loop.
 */
export class WritePauses {
  private writes = 0;
  private pause: Promise<void> | undefined;

  constructor(private readonly clock: Clock) {}

  /** Counts a write. Answers what it has to wait for, if there is a pause now. */
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
