import type { Clock } from '@nest-saga/core';
import type { CancelTimer } from '@nest-saga/core/engine';
import { flushPromises } from './flush-promises.js';

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/**
 * Time that moves only when a test says so. Timers follow the monotonic time, as real ones do, so that a jump of the
 * wall clock fires none.
 *
 * @example
 * const clock = new FakeClock();
 * const run = engine.starter.start(context);
 * await clock.advance(1_000);
 */
export class FakeClock implements Clock {
  /** In order of their start, which decides between timers of the same time. */
  private readonly timers = new Set<Timer>();
  private monotonicMs = 0;
  private wallMs: number;

  /**
   * @param startsAt The first value of the wall clock. @default 2026-01-01T00:00:00Z
   * @param settle Resolves when everything has happened that needs no time. @default flushPromises
   */
  constructor(
    startsAt = new Date('2026-01-01T00:00:00Z'),
    private readonly settle: () => Promise<void> = flushPromises,
  ) {
    this.wallMs = startsAt.getTime();
  }

  /** The number of timers that have neither fired nor been cancelled. */
  get pendingTimers(): number {
    return this.timers.size;
  }

  now(): number {
    return this.wallMs;
  }

  monotonicNow(): number {
    return this.monotonicMs;
  }

  startTimer(delayMs: number, callback: () => void): CancelTimer {
    const timer: Timer = { dueAt: this.monotonicMs + Math.max(0, delayMs), callback };
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }

  /**
   * Advances both times and fires due timers in order, each at its own time. Promises settle before, between and after,
   * so the effects of a timer may start another one that is due within the same advance.
   */
  async advance(byMs: number): Promise<void> {
    const target = this.monotonicMs + byMs;
    await this.settle();
    for (let timer = this.nextDue(target); timer !== undefined; timer = this.nextDue(target)) {
      this.timers.delete(timer);
      this.move(Math.max(0, timer.dueAt - this.monotonicMs));
      timer.callback();
      await this.settle();
    }
    this.move(Math.max(0, target - this.monotonicMs));
    await this.settle();
  }

  /**
   * Advances both times without firing a timer, as for a process that was paused. Overdue timers fire at the next
   * `advance`.
   */
  stall(byMs: number): void {
    this.move(byMs);
  }

  /** Moves only the wall clock, forward or back, as an operator or a time service does. */
  jumpWallClock(byMs: number): void {
    this.wallMs += byMs;
  }

  private move(byMs: number): void {
    this.monotonicMs += byMs;
    this.wallMs += byMs;
  }

  private nextDue(target: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.dueAt <= target && (next === undefined || timer.dueAt < next.dueAt)) next = timer;
    }
    return next;
  }
}
