import type { SagaIdentity } from '../definition/saga-registry.js';
import type { EntryDraft, JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import { isOpen } from '../journal/saga-status.js';

/** A saga in memory. */
export interface StoredSaga {
  header: SagaHeader;
  readonly written: WrittenEntry[];
  /** When its last wait was over, in milliseconds. Missing if it never waited, except for the next attempt of a step. */
  resumedAt?: number;
}

/** An entry as it was written, with its stamp. The journal entry is made only when it is read. */
export interface WrittenEntry {
  readonly seq: number;
  readonly worker: string | undefined;
  readonly recordedAt: number;
  readonly entry: EntryDraft;
}

/** The entry in the form for readers. */
export function toEntry({ seq, worker, recordedAt, entry }: WrittenEntry): JournalEntry {
  return { seq, worker, recordedAt: new Date(recordedAt), ...entry };
}

/** Whether it is open, without an owner, and due. Without a due time it waits for a request. */
export function isClaimable(header: SagaHeader, now: number): boolean {
  const { owner, status, nextRunAt } = header;
  return owner === undefined && isOpen(status) && nextRunAt !== undefined && nextRunAt.getTime() <= now;
}

/** Whether the saga has one of these names and versions. */
export function isOneOf(sagas: readonly SagaIdentity[], header: SagaHeader): boolean {
  return sagas.some(({ saga, version }) => saga === header.saga && version === header.version);
}

/** The time from which on it can be claimed. */
export function dueAt({ header }: StoredSaga): number {
  return header.nextRunAt?.getTime() ?? 0;
}
