import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeading } from '../journal/saga-header.js';
import type { Surroundings } from '../ports/surroundings.js';

/** Notified of the entries of a saga, in order of `seq` and each once; an entry that was read has no context. */
export interface JournalObserver {
  onEntry(entry: JournalEntry, header: SagaHeading): void;
  /** Called when all known entries were passed, and the saga continues. */
  onCaughtUp?(): void;
  /**
   * Called last, when the saga has ended or is stuck, and all entries were passed. `seq` is that of its last entry, if
   * it was read.
   */
  onEnd(header: SagaHeading, seq: number): void;
  /** Called last, if the saga does not exist (any more). */
  onMissing(): void;
}

/** Replaces an observer that was dropped: old tables of a set may keep removed values. See `ReleasingMap`. */
export const noObserver: JournalObserver = {
  onEntry: () => undefined,
  onEnd: () => undefined,
  onMissing: () => undefined,
};

/** The observer, bound to the surroundings of its watch. */
export function bound(observer: JournalObserver, surroundings: Surroundings): JournalObserver {
  const within = surroundings.bind((tell: () => void) => tell());
  return {
    onEntry: (entry, header) => within(() => observer.onEntry(entry, header)),
    onEnd: (header, seq) => within(() => observer.onEnd(header, seq)),
    onMissing: () => within(() => observer.onMissing()),
    ...(observer.onCaughtUp === undefined ? {} : { onCaughtUp: () => within(() => observer.onCaughtUp?.()) }),
  };
}
