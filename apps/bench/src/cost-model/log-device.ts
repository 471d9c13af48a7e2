import type { EventQueue } from './event-queue.js';

/** The disk of the write-ahead log: one flush at a time; requests that arrive during it share the next one. */
export class LogDevice {
  private isFlushing = false;
  private waiting: (() => void)[] = [];
  private flushCount = 0;

  constructor(
    private readonly queue: EventQueue,
    private readonly flushMs: number,
  ) {}

  /** The number of flushes. */
  get flushes(): number {
    return this.flushCount;
  }

  /** Calls `done` when everything written so far is durable. */
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
