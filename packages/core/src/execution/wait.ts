import type { CancelTimer, Clock } from '../ports/clock.js';
import { maximumTimerMs } from '../options/option.js';

/** A wait until a moment of the monotonic clock that can be ended early. */
export class Wait {
  private cancelTimer: CancelTimer | undefined;

  /** @param onOver Called at the moment, unless the wait was ended early; never by this constructor. */
  constructor(
    private readonly clock: Clock,
    private readonly endsAt: number,
    private readonly onOver: () => void,
  ) {
    this.sleep();
  }

  /** Ends the wait early. */
  end(): void {
    this.cancelTimer?.();
  }

  private sleep(): void {
    const { clock, endsAt } = this;
    const restMs = endsAt - clock.monotonicNow();
    if (restMs <= 0) return void Promise.resolve().then(this.onOver);
    this.cancelTimer = clock.startTimer(Math.min(restMs, maximumTimerMs), () => this.sleep());
  }
}
