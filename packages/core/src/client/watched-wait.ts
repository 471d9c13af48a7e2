import type { SagaDefinition } from '../definition/saga-definition.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeading } from '../journal/saga-header.js';
import type { JournaledWait } from '../journal/saga-wait.js';
import { isOpen } from '../journal/saga-status.js';
import { waitAfter, waitAtStart } from '../journal/saga-wait.js';

/** What a watched saga waits for. Its watcher is notified of each wait once, and of none that was over when it was read. */
export class WatchedWait {
  private wait: JournaledWait | undefined;
  private notified: JournaledWait | undefined;
  /** The last entry that is taken into account. */
  private seq = 0;
  private deadlineAt: Date | undefined;

  constructor(private readonly onWait: (wait: JournaledWait, deadlineAt: Date | undefined) => void) {}

  /** Begins with a saga as it was read. */
  begin(header: SagaHeading, entries: readonly JournalEntry[]): void {
    this.wait = waitAtStart(header);
    this.deadlineAt = header.deadlineAt;
    for (const entry of entries) this.take(entry, header);
  }

  /** Takes an entry into account, unless it was read with the saga. */
  take(entry: JournalEntry, { deadlineAt }: SagaHeading): void {
    if (entry.seq <= this.seq) return;
    this.deadlineAt = deadlineAt;
    this.seq = entry.seq;
    this.wait = waitAfter(this.wait, entry);
  }

  /** The watcher has the entries up to `seq`, and there are no others that are known. */
  caughtUp(seq: number): void {
    if (seq < this.seq || this.wait === this.notified) return;
    this.notified = this.wait;
    if (this.wait !== undefined) this.onWait(this.wait, this.deadlineAt);
  }
}

/** Whether a saga may wait at the moment: the header does not say it of a wait in the memory of its owner. */
export function mayWait({ stages }: SagaDefinition, { status, waiting }: SagaHeading): boolean {
  return isOpen(status) && (waiting !== undefined || stages.some(({ kind }) => kind === 'wait'));
}
