import type { LoadedSaga } from '@nest-saga/core';
import { SagaStorageError } from '@nest-saga/core';
import { sqlStateOf, toStorageError } from './database/classify-error.js';
import { conductOf } from './database/error-conduct.js';
import { required } from './database/statement.js';
import type { Row } from './database/statement.js';
import { toJournalEntry } from './mapping/journal-entry-row.js';
import type { TakenSaga } from './repositories/saga-execution.repository.js';
import type { SagaJournalRepository } from './repositories/saga-journal.repository.js';

/** A saga that was taken and whose journal cannot be read, for a reason that is its own. */
export interface UnreadableSaga {
  readonly taken: TakenSaga;
  readonly error: SagaStorageError;
}

/** What became of reading the journals of a claim. */
export interface ReadJournalsOfClaim {
  readonly loaded: readonly LoadedSaga[];
  readonly unreadable: readonly UnreadableSaga[];
}

/** As much as one statement reads, unless a single journal is larger. Counted as stored: compressed. */
const bytesInStatement = 4_000_000;

/**
 * Reads the journals of claimed sagas. The claim is committed by then: what is not read stays the worker's, until its
 * sweep gives it back, and whatever is to blame would be in the way of the next claim too. So a statement reads only so
 * much, and one journal that cannot be read is told apart from those that can.
 */
export class ClaimedJournals {
  constructor(private readonly journals: Pick<SagaJournalRepository, 'readClaimed'>) {}

  /** @throws SagaStorageError where nothing could be read for a reason that is no saga's own. */
  async read(taken: readonly TakenSaga[]): Promise<ReadJournalsOfClaim> {
    const loaded: LoadedSaga[] = [];
    const unreadable: UnreadableSaga[] = [];
    try {
      for (const group of groupsOf(taken)) await this.readGroup(group, loaded, unreadable);
    } catch (error) {
      // What was read already is not lost for it; the next statement tells the same trouble, if it lasts.
      if (loaded.length + unreadable.length === 0) throw error;
    }
    return { loaded, unreadable };
  }

  private async readGroup(
    group: readonly TakenSaga[],
    loaded: LoadedSaga[],
    unreadable: UnreadableSaga[],
  ): Promise<void> {
    let rows: readonly Row[];
    try {
      rows = await this.journals.readClaimed(
        group.map(({ header, claimSeq }) => ({ sagaId: header.sagaId, seq: claimSeq })),
      );
    } catch (error) {
      const [first, ...others] = group;
      if (first === undefined || !isJournalsFault(error, first)) throw error;
      if (others.length === 0)
        unreadable.push({ taken: first, error: toStorageError('claim', error, 'query') });
      else for (const one of group) await this.readGroup([one], loaded, unreadable);
      return;
    }
    const rowsById = byId(rows);
    for (const taken of group) {
      try {
        const own = rowsById.get(taken.header.sagaId) ?? [];
        loaded.push({ header: taken.header, entries: own.map(toJournalEntry) });
      } catch (cause) {
        unreadable.push({ taken, error: new SagaStorageError('claim', 'refused', { cause }) });
      }
    }
  }
}

function* groupsOf(taken: readonly TakenSaga[]): Iterable<readonly TakenSaga[]> {
  let group: TakenSaga[] = [];
  let bytes = 0;
  for (const saga of taken) {
    if (group.length > 0 && bytes + saga.journalBytes > bytesInStatement) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(saga);
    bytes += saga.journalBytes;
  }
  if (group.length > 0) yield group;
}

function byId(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const sagaId = required(row, 'saga_id');
    const group = groups.get(sagaId);
    if (group === undefined) groups.set(sagaId, [row]);
    else group.push(row);
  }
  return groups;
}

/** Whether a journal may be to blame: the server answered and said no, or it took too long and the journal is large. */
function isJournalsFault(error: unknown, { journalBytes }: TakenSaga): boolean {
  if (conductOf(error) === 'hung') return journalBytes > bytesInStatement;
  const state = sqlStateOf(error);
  return state !== undefined && !sharedClasses.has(state.slice(0, 2));
}

/** The connection, the server's resources, an operator: everybody's trouble. */
const sharedClasses: ReadonlySet<string> = new Set(['08', '53', '57']);
