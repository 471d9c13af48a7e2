import { SagaStorageError } from '../errors/saga-storage-error.js';
import { isSagaError } from '../identity/thrown.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import { maximumBytesRead } from '../ports/read-limit.js';
import type { LoadedSaga } from '../ports/saga-storage.js';
import type { ErrorConduct } from './error-conduct.js';

/** A saga that was just claimed, before its journal is read. */
export interface TakenSaga {
  readonly header: SagaHeader;
  /** The `seq` of the claim. */
  readonly claimSeq: number;
  /** The size of its journal as it is stored. */
  readonly journalBytes: number;
  /** The entry of the claim, if it is the only one: there is nothing else to read. */
  readonly onlyEntry?: JournalEntry | undefined;
}

/** A claimed saga whose journal cannot be read, for a reason that the other journals do not share. */
export interface UnreadableSaga {
  readonly taken: TakenSaga;
  readonly error: SagaStorageError;
}

/** The journals of a claim. */
export interface ReadJournalsOfClaim {
  readonly loaded: readonly LoadedSaga[];
  readonly unreadable: readonly UnreadableSaga[];
}

/** The parts that belong to the storage. */
export interface ClaimedJournalsPorts<Row> {
  /** Reads the entries of sagas up to their claims in one statement: the rows of each, in the order of `seq`. */
  readonly read: (group: readonly TakenSaga[]) => Promise<ReadonlyMap<string, readonly Row[]>>;
  /** The entry of a row. Throws if the row cannot be read. */
  readonly toEntry: (row: Row) => JournalEntry;
  /** Judges why a statement failed. */
  readonly conductOf: (error: unknown) => ErrorConduct;
  /** Whether the storage answered that it cannot read the journals, for a reason that one of them may have. */
  readonly blamesJournal: (error: unknown) => boolean;
}

/**
 * Reads the journals of claimed sagas. The claim is already committed: a saga whose journal was not read belongs to the
 * worker until its sweep releases it, and the cause would also block the next claim. So a statement reads a limited
 * number of bytes, and an unreadable journal does not affect the others.
 */
export class ClaimedJournals<Row> {
  constructor(private readonly ports: ClaimedJournalsPorts<Row>) {}

  /** @throws SagaStorageError if nothing could be read for a reason that all sagas share. */
  async read(taken: readonly TakenSaga[]): Promise<ReadJournalsOfClaim> {
    const loaded: LoadedSaga[] = [];
    const unreadable: UnreadableSaga[] = [];
    const unread: TakenSaga[] = [];
    for (const saga of taken) {
      const { header, onlyEntry } = saga;
      if (onlyEntry === undefined) unread.push(saga);
      else loaded.push({ header, entries: [onlyEntry] });
    }
    try {
      for (const group of groupsOf(unread)) await this.readGroup(group, loaded, unreadable);
    } catch (error) {
      // The sagas that were read already are kept; if the problem lasts, the next statement shows it.
      if (loaded.length + unreadable.length === 0) throw error;
    }
    return { loaded, unreadable };
  }

  private async readGroup(
    group: readonly TakenSaga[],
    loaded: LoadedSaga[],
    unreadable: UnreadableSaga[],
  ): Promise<void> {
    let rows: ReadonlyMap<string, readonly Row[]>;
    try {
      rows = await this.ports.read(group);
    } catch (error) {
      const [first, ...others] = group;
      if (first === undefined || !this.isJournalsFault(error, first)) throw error;
      if (others.length === 0) unreadable.push({ taken: first, error: toStorageError(error) });
      else for (const one of group) await this.readGroup([one], loaded, unreadable);
      return;
    }
    for (const taken of group) {
      try {
        const own = rows.get(taken.header.sagaId) ?? [];
        loaded.push({ header: taken.header, entries: own.map((row) => this.ports.toEntry(row)) });
      } catch (cause) {
        unreadable.push({ taken, error: new SagaStorageError('claim', 'refused', { cause }) });
      }
    }
  }

  /** Whether a journal may be to blame: the storage said so, or it took too long and the journal is large. */
  private isJournalsFault(error: unknown, { journalBytes }: TakenSaga): boolean {
    if (this.ports.conductOf(error) === 'hung') return journalBytes > maximumBytesRead;
    return this.ports.blamesJournal(error);
  }
}

function* groupsOf(taken: readonly TakenSaga[]): Iterable<readonly TakenSaga[]> {
  let group: TakenSaga[] = [];
  let bytes = 0;
  for (const saga of taken) {
    if (group.length > 0 && bytes + saga.journalBytes > maximumBytesRead) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(saga);
    bytes += saga.journalBytes;
  }
  if (group.length > 0) yield group;
}

function toStorageError(error: unknown): SagaStorageError {
  if (isSagaError(error, 'SAGA_STORAGE_FAILED')) return error;
  return new SagaStorageError('claim', 'unknown', { cause: error });
}
