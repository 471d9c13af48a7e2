import { Injectable } from '@nestjs/common';

/** The longest delay that Node accepts. The timer repeats, so its length does not matter. */
const intervalMs = 2_147_483_647;

/**
 * Keeps this process alive while there is a reason for it. The clock's timers do not, and connections only until they
 * break, which is exactly when a worker is needed most.
 */
@Injectable()
export class ProcessKeeper {
  private reasons = 0;
  private timer: NodeJS.Timeout | undefined;

  /** Adds a reason. Call the returned function when the reason is gone; a second call has no effect. */
  hold(): () => void {
    this.reasons++;
    this.timer ??= setInterval(() => undefined, intervalMs);
    let isHeld = true;
    return () => {
      if (isHeld) this.release();
      isHeld = false;
    };
  }

  /** Keeps the process alive until the work has ended, with or without an error. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const release = this.hold();
    try {
      return await work();
    } finally {
      release();
    }
  }

  private release(): void {
    this.reasons--;
    if (this.reasons > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
