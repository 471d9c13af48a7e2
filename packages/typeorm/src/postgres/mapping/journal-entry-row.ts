import type { JournalEntry } from '@nest-saga/core';
import { fromEntryColumns } from '@nest-saga/core/storage-kit';
import { required } from '../statement.js';
import type { Row } from '../statement.js';
import { timeColumn, toDate } from './time-column.js';

/** The columns with values that steps made, which can be large. */
export type ValueColumn = 'context' | 'response' | 'events';

/**
 * The columns of `saga_log` that a statement selects for `toJournalEntry`.
 *
 * @param only A condition for the rows that have these values; other columns are in all rows.
 * @param detail The expression of the detail, if a part of it is left out.
 */
export function entryColumns(
  alias: string,
  only: { readonly [Column in ValueColumn]?: string } = {},
  detail = `${alias}.detail`,
): string {
  const value = (column: ValueColumn): string => {
    const condition = only[column];
    return condition === undefined
      ? `${alias}.${column}`
      : `CASE WHEN ${condition} THEN ${alias}.${column} END`;
  };
  return `${alias}.seq, ${alias}.kind, ${alias}.status AS entry_status, ${alias}.step, ${alias}.attempt, ${alias}.worker, ${value('context')} AS entry_context,
    ${value('response')} AS response, ${alias}.error, ${value('events')} AS events, ${detail} AS detail,
    ${timeColumn(`${alias}.started_at`)} AS started_at, ${timeColumn(`${alias}.finished_at`)} AS finished_at,
    ${timeColumn(`${alias}.recorded_at`)} AS recorded_at`;
}

/**
 * The entry in a row of `saga_log`.
 *
 * @throws TypeError if the row has no entry that this version can read.
 */
export function toJournalEntry(row: Row): JournalEntry {
  const draft = fromEntryColumns({
    kind: required(row, 'kind'),
    status: row['entry_status'] ?? null,
    step: row['step'] ?? null,
    attempt: numberOf(row['attempt']),
    context: row['entry_context'] ?? null,
    response: row['response'] ?? null,
    error: row['error'] ?? null,
    events: row['events'] ?? null,
    detail: row['detail'] ?? null,
    startedAt: dateOf(row['started_at']),
    finishedAt: dateOf(row['finished_at']),
  });
  return {
    ...draft,
    seq: Number(required(row, 'seq')),
    worker: row['worker'] ?? undefined,
    recordedAt: toDate(required(row, 'recorded_at')),
  };
}

function numberOf(text: string | null | undefined): number | null {
  return typeof text === 'string' ? Number(text) : null;
}

function dateOf(milliseconds: string | null | undefined): Date | null {
  return typeof milliseconds === 'string' ? toDate(milliseconds) : null;
}
