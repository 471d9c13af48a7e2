import type { AppendRequest } from '@nest-saga/core';
import { toEntryColumns } from '@nest-saga/core/storage-kit';
import type { Tables } from '../tables.js';
import type { WritePart } from './write-part.js';
import { columnsOf } from './columns.js';
import { isFirstOrNextSeq } from './fence.js';

/**
 * Appends entries at their `seq`, if it is the next one.
 *
 * @param condition Another condition for all entries.
 */
export function appendEntries(
  tables: Tables,
  appends: readonly AppendRequest[],
  condition?: string,
): WritePart {
  const columns = columnsOf(appends.map(toRow), {
    saga_id: ['uuid', ({ request }) => request.sagaId],
    seq: ['integer', ({ request }) => request.seq],
    kind: ['text', ({ entry }) => entry.kind],
    status: ['text', ({ request }) => request.entry.status ?? null],
    step: ['text', ({ entry }) => entry.step],
    attempt: ['integer', ({ entry }) => entry.attempt],
    worker: ['text', ({ request }) => request.worker ?? null],
    context: ['json', ({ entry }) => entry.context],
    response: ['json', ({ entry }) => entry.response],
    error: ['json', ({ entry }) => entry.error],
    events: ['json', ({ entry }) => entry.events],
    detail: ['json', ({ entry }) => entry.detail],
    started_at: ['timestamptz', ({ entry }) => entry.startedAt],
    finished_at: ['timestamptz', ({ entry }) => entry.finishedAt],
  });
  return {
    key: 'a',
    name: 'stored',
    isAnswer: true,
    values: columns.values,
    sql: (first) => `INSERT INTO ${tables.log} (${columns.names}, recorded_at)
    SELECT entry.*, moment.at
    FROM ${columns.unnest(first, 'entry')}, moment
    WHERE ${isFirstOrNextSeq(tables, 'entry.saga_id', 'entry.seq')}${condition === undefined ? '' : ` AND ${condition}`}
    RETURNING saga_id AS id`,
  };
}

function toRow(request: AppendRequest) {
  return { request, entry: toEntryColumns(request.entry) };
}
