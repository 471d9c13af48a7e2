import type { EventQueue } from './event-queue.js';

/** Cores that take work in order of arrival, each until it is done. */
export class Cores {
  private free: number;
  private readonly waiting: { readonly duration: number; readonly done: () => void }[] = [];
  private busyTime = 0;

  constructor(
    private readonly queue: EventQueue,
    count: number,
  ) {
    this.free = count;
  }

  /** The total working time of all cores. */
  get busy(): number {
    return this.busyTime;
  }

  /** Works for `duration` on one core as soon as one is free, and then calls `done`. */
  run(duration: number, done: () => void): void {
    if (this.free === 0) {
      this.waiting.push({ duration, done });
      return;
    }
    this.free -= 1;
    this.busyTime += duration;
    this.queue.after(duration, () => {
      this.free += 1;
      done();
      const next = this.free > 0 ? this.waiting.shift() : undefined;
      if (next !== undefined) this.run(next.duration, next.done);
    });
  }
}
