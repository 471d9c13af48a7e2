import type { CancelTimer, Clock } from '../ports/clock.js';
import { maximumTimerMs } from '../definition/check-policies.js';

/** A wait until a moment of the wall clock, though never longer than a given time, that can be cut short. */
export class Wait {
  /** Resolves with true at the moment, with false where it was cut short. */
  readonly over: Promise<boolean>;
  private resolve: (isOver: boolean) => void = () => undefined;
  private cancelTimer: CancelTimer | undefined;
  private readonly latest: number;

  /** @param atMostMs Counted from now by the monotonic clock, so that two machines' wall clocks may differ. */
  constructor(
    private readonly clock: Clock,
    private readonly until: Date,
    atMostMs: number,
  ) {
    this.latest = clock.monotonicNow() + atMostMs;
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
    const { clock, until, latest } = this;
    const restMs = Math.min(until.getTime() - clock.now(), latest - clock.monotonicNow());
    if (restMs <= 0) return this.resolve(true);
    this.cancelTimer = clock.startTimer(Math.min(restMs, maximumTimerMs), () => this.sleep());
  }
}
