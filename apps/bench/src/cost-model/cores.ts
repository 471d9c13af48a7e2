import type { EventQueue } from './event-queue.js';

/** Cores that take work in the order in which it comes, each until it is done. */
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

  /** The time that all cores together have worked. */
  get busy(): number {
    return this.busyTime;
  }

  /** Works for so long on one core, once one is free, and then tells. */
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
