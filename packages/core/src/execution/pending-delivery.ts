import { recordError } from '../errors/recorded-error.js';
import type { EntryDraft } from '../journal/journal-entry.js';
import type { Deliver, DeliveredEntry, FailedDelivery } from './delivery.js';
import type { StopRun } from './stop-run.js';

/** A delivery for which a saga waits. It is abandoned if its process has to stop the run first. */
export class PendingDelivery {
  private reject: ((reason: StopRun) => void) | undefined;

  constructor(
    /** The `seq` of the entry with the events. */
    private readonly seq: number,
    private readonly failures: Promise<readonly FailedDelivery[]>,
  ) {}

  /**
   * Resolves with the entries for the handlers that were given up. Rejects if it is abandoned: another owner delivers
   * again.
   */
  async givenUp(): Promise<readonly EntryDraft[]> {
    const failures = await new Promise<readonly FailedDelivery[]>((resolve, reject) => {
      this.reject = reject;
      this.failures.then(resolve, reject);
    });
    return failures.map(({ index, handler, error }) => ({
      kind: 'delivery-failed',
      emittedSeq: this.seq,
      index,
      handler,
      error: recordError(error),
    }));
  }

  abandon(reason: StopRun): void {
    this.reject?.(reason);
  }
}

/**
 * Begins to deliver the events of an entry. Undefined if there is nothing to wait for.
 *
 * @param deliver Undefined: this process has no handlers.
 */
export function beginDelivery(
  deliver: Deliver | undefined,
  delivered: DeliveredEntry,
): PendingDelivery | undefined {
  if (deliver === undefined) return undefined;
  const failures = deliver(delivered);
  // A process that may no longer run the saga has not called every handler, so it must stop here.
  const isLeft = failures === undefined && delivered.isOver();
  return isLeft
    ? new PendingDelivery(delivered.entry.seq, Promise.resolve([]))
    : failures && new PendingDelivery(delivered.entry.seq, failures);
}
