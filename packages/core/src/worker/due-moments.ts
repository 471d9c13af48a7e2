import type { CancelTimer, Clock } from '../ports/clock.js';
import { maximumTimerMs } from '../options/option.js';

/**
 * Keeps the due times of the sagas that this process parked, and calls back when one is due. It has one timer for all
 * of them, and one number for each: a million parked sagas take a few megabytes.
 */
export class DueMoments {
  /** A heap: no time is later than its children, which are at twice its index. */
  private readonly moments: number[] = [];
  private cancelTimer: CancelTimer | undefined;
  private isStopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly onDue: () => void,
  ) {}

  /** Calls back after this delay. */
  add(delayMs: number): void {
    if (this.isStopped) return;
    const moment = this.clock.monotonicNow() + delayMs;
    let place = this.moments.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.moments[parent] ?? moment;
      if (above <= moment) break;
      this.moments[place] = above;
      place = parent;
    }
    this.moments[place] = moment;
    if (place === 0) this.schedule();
  }

  /** Stops calling back. */
  stop(): void {
    this.isStopped = true;
    this.moments.length = 0;
    this.cancelTimer?.();
  }

  private schedule(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    const [first] = this.moments;
    if (first === undefined) return;
    const restMs = Math.max(0, first - this.clock.monotonicNow());
    this.cancelTimer = this.clock.startTimer(Math.min(restMs, maximumTimerMs), () => this.fire());
  }

  private fire(): void {
    const now = this.clock.monotonicNow();
    let isDue = false;
    for (let [first] = this.moments; first !== undefined && first <= now; [first] = this.moments) {
      isDue = true;
      this.removeFirst();
    }
    this.schedule();
    if (isDue) this.onDue();
  }

  private removeFirst(): void {
    const last = this.moments.pop();
    const { length } = this.moments;
    if (last === undefined || length === 0) return;
    let place = 0;
    for (let child = 1; child < length; child = 2 * place + 1) {
      const right = this.moments[child + 1];
      const left = this.moments[child] ?? last;
      const isRight = right !== undefined && right < left;
      const smaller = isRight ? right : left;
      if (smaller >= last) break;
      this.moments[place] = smaller;
      place = isRight ? child + 1 : child;
    }
    this.moments[place] = last;
  }
}
