import type { EventQueue } from './event-queue.js';

/** The disk under the write-ahead log: one flush at a time, and whoever comes meanwhile shares the next one. */
export class LogDevice {
  private isFlushing = false;
  private waiting: (() => void)[] = [];
  private flushCount = 0;

  constructor(
    private readonly queue: EventQueue,
    private readonly flushMs: number,
  ) {}

  /** How many flushes there were. */
  get flushes(): number {
    return this.flushCount;
  }

  /** Tells once everything written up to now is durable. */
  flush(done: () => void): void {
    this.waiting.push(done);
    if (!this.isFlushing) this.begin();
  }

  private begin(): void {
    const sharing = this.waiting;
    this.waiting = [];
    this.isFlushing = true;
    this.flushCount += 1;
    this.queue.after(this.flushMs, () => {
      this.isFlushing = false;
      for (const done of sharing) done();
      if (this.waiting.length > 0 && !this.isFlushing) this.begin();
    });
  }
}
