import type { SagaIdentity } from '../definition/saga-registry.js';
import type { EntryDraft, JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import { isOpen } from '../journal/saga-status.js';
import type { LoadedSaga } from '../ports/saga-storage.js';

/** A saga as memory keeps it. */
export interface StoredSaga {
  header: SagaHeader;
  readonly written: WrittenEntry[];
}

/** An entry as it was handed over, with its place: it is made into a journal entry only where somebody reads it. */
export interface WrittenEntry {
  readonly seq: number;
  readonly worker: string | undefined;
  readonly recordedAt: number;
  readonly entry: EntryDraft;
}

/** The entry as a reader sees it. */
export function toEntry({ seq, worker, recordedAt, entry }: WrittenEntry): JournalEntry {
  return { seq, worker, recordedAt: new Date(recordedAt), ...entry };
}

/** The saga as it is now: what is written later does not change it. */
export function snapshot({ header, written }: StoredSaga): LoadedSaga {
  return { header, entries: written.map(toEntry) };
}

/** Open, without owner, and due. One without a moment waits for something that has no time. */
export function isClaimable(header: SagaHeader, now: number): boolean {
  const { owner, status, nextRunAt } = header;
  return owner === undefined && isOpen(status) && nextRunAt !== undefined && nextRunAt.getTime() <= now;
}

/** Whether one of these definitions is the saga's. */
export function isOneOf(sagas: readonly SagaIdentity[], header: SagaHeader): boolean {
  return sagas.some(({ saga, version }) => saga === header.saga && version === header.version);
}

/** The moment from which on it may be claimed. */
export function dueAt({ header }: StoredSaga): number {
  return header.nextRunAt?.getTime() ?? 0;
}
