import { Injectable } from '@nestjs/common';

/** The longest that Node can wait: it repeats, so its length does not matter. */
const intervalMs = 2_147_483_647;

/**
 * Keeps this process alive while there is a reason to. The clock's timers do not, and connections do only until they
 * break, which is the moment when a worker is needed most.
 */
@Injectable()
export class ProcessKeeper {
  private reasons = 0;
  private timer: NodeJS.Timeout | undefined;

  /** Returns what to call when this reason is gone; calling it twice is calling it once. */
  hold(): () => void {
    this.reasons++;
    this.timer ??= setInterval(() => undefined, intervalMs);
    let isHeld = true;
    return () => {
      if (isHeld) this.release();
      isHeld = false;
    };
  }

  /** Keeps the process until the work is over, however it ends. */
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
