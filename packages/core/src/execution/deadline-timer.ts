import type { Clock } from '../ports/clock.js';
import { Wait } from './wait.js';

/** Watches the deadline of a saga for its owner, by the owner's monotonic clock. */
export class DeadlineTimer {
  private readonly endsAt: number;
  private readonly wait: Wait;
  /** Whether the deadline has passed. */
  isOver = false;

  /** @param restMs Counted from now. */
  constructor(
    private readonly clock: Clock,
    restMs: number,
    onOver: () => void,
  ) {
    this.endsAt = clock.monotonicNow() + restMs;
    this.wait = new Wait(clock, this.endsAt, () => {
      this.isOver = true;
      onOver();
    });
  }

  /** The rest of the time until the deadline, in milliseconds. */
  get restMs(): number {
    return Math.max(0, this.endsAt - this.clock.monotonicNow());
  }

  /** Stops watching it. */
  end(): void {
    this.wait.end();
  }
}
