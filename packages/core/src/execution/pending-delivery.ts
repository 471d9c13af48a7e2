import type { FailedDelivery } from './delivery.js';
import type { StopRun } from './stop-run.js';

/** A delivery for which a saga waits. It is abandoned if its process has to stop the run first. */
export class PendingDelivery {
  private reject: ((reason: StopRun) => void) | undefined;

  constructor(
    /** The `seq` of the entry with the events. */
    readonly seq: number,
    private readonly failures: Promise<readonly FailedDelivery[]>,
  ) {}

  /** Resolves with the handlers that were given up. Rejects if it is abandoned: another owner delivers again. */
  wait(): Promise<readonly FailedDelivery[]> {
    return new Promise((resolve, reject) => {
      this.reject = reject;
      this.failures.then(resolve, reject);
    });
  }

  abandon(reason: StopRun): void {
    this.reject?.(reason);
  }
}
