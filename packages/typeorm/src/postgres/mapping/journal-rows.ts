import type { JournalNews, SagaOutline } from '@nest-saga/core/storage-kit';
import type { JournalEntry, LoadedSaga } from '@nest-saga/core';
import { required } from '../statement.js';
import type { Row } from '../statement.js';
import { toJournalEntry } from './journal-entry-row.js';
import { toSagaHeader, toSagaHeading } from './saga-header-row.js';

/**
 * The saga of the rows with the entries that were read, or nothing without a row.
 *
 * @throws TypeError if it cannot be read.
 */
export function toLoadedSaga(rows: readonly Row[]): LoadedSaga | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const loaded = { header: toSagaHeader(first), entries: entryRows(rows).map(toJournalEntry) };
  const isCut = (loaded.entries.at(-1)?.seq ?? 0) < Number(first['last_seq'] ?? 0);
  return isCut ? { ...loaded, isCut } : loaded;
}

/** The news of journals. Those of one end before an entry that cannot be read, so that the others are not affected. */
export function toAllNews(rows: readonly Row[]): readonly JournalNews[] {
  return bySaga(rows).map(toNews);
}

/** The outlines of sagas, as far as their journals can be read. */
export function toOutlines(rows: readonly Row[]): readonly SagaOutline[] {
  return bySaga(rows).map(toOutline);
}

/** The rows come in the order of the sagas, each with its header in its first row. */
interface SagaRows {
  readonly sagaId: string;
  readonly first: Row;
  readonly rows: Row[];
}

function bySaga(rows: readonly Row[]): readonly SagaRows[] {
  const groups: SagaRows[] = [];
  for (const row of rows) {
    const sagaId = required(row, 'saga_id');
    const group = groups.at(-1);
    if (group?.sagaId === sagaId) group.rows.push(row);
    else groups.push({ sagaId, first: row, rows: [row] });
  }
  return groups;
}

function entryRows(rows: readonly Row[]): readonly Row[] {
  return rows.filter((row) => row['seq'] !== null);
}

function toNews({ sagaId, first, rows }: SagaRows): JournalNews {
  const header = first['id'] === null ? undefined : toSagaHeading(first);
  const { entries, isWhole } = readOn(rows);
  const lastSeq = Number(first['last_seq'] ?? 0);
  const isCut = isWhole && (entries.at(-1)?.seq ?? 0) < lastSeq;
  return { sagaId, header, entries, isCut };
}

function toOutline({ first, rows }: SagaRows): SagaOutline {
  const header = toSagaHeader(first);
  const context = rows.find((row) => row['entry_context'] !== null)?.['entry_context'] ?? header.context;
  const { entries, isWhole } = readOn(rows);
  return { header, context, entries: entries.map(withoutContext), isWhole };
}

function withoutContext(entry: JournalEntry): JournalEntry {
  if (!('context' in entry)) return entry;
  const { context: _context, ...rest } = entry;
  return rest;
}

/** The entries before the first one that this release cannot read. */
function readOn(rows: readonly Row[]): Pick<SagaOutline, 'entries' | 'isWhole'> {
  const entries: JournalEntry[] = [];
  for (const row of entryRows(rows)) {
    try {
      entries.push(toJournalEntry(row));
    } catch {
      return { entries, isWhole: false };
    }
  }
  return { entries, isWhole: true };
}
