import type { CancelTimer, Clock } from '../ports/clock.js';
import { maximumTimerMs } from '../options/option.js';

/** A wait until a moment of the monotonic clock that can be ended early. */
export class Wait {
  /** Resolves with true at the moment, or with false if it was ended early. */
  readonly over: Promise<boolean>;
  private resolve: (isOver: boolean) => void = () => undefined;
  private cancelTimer: CancelTimer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly endsAt: number,
  ) {
    this.over = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.sleep();
  }

  /** Ends the wait early. */
  end(): void {
    this.cancelTimer?.();
    this.resolve(false);
  }

  private sleep(): void {
    const { clock, endsAt } = this;
    const restMs = endsAt - clock.monotonicNow();
    if (restMs <= 0) return this.resolve(true);
    this.cancelTimer = clock.startTimer(Math.min(restMs, maximumTimerMs), () => this.sleep());
  }
}
