import type { CancelTimer, Clock } from '../ports/clock.js';
import { maximumTimerMs } from '../definition/check-policies.js';

/** A wait until a moment of the wall clock that can be cut short. */
export class Wait {
  /** Resolves with true at the moment, with false where it was cut short. */
  readonly over: Promise<boolean>;
  private resolve: (isOver: boolean) => void = () => undefined;
  private cancelTimer: CancelTimer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly until: Date,
  ) {
    this.over = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.sleep();
  }

  /** Cuts the wait short. */
  end(): void {
    this.cancelTimer?.();
    this.resolve(false);
  }

  private sleep(): void {
    const restMs = this.until.getTime() - this.clock.now();
    if (restMs <= 0) return this.resolve(true);
    this.cancelTimer = this.clock.startTimer(Math.min(restMs, maximumTimerMs), () => this.sleep());
  }
}
