import type { AppendRequest } from '@nest-saga/core';
import type { Tables } from '../database/tables.js';
import { toEntryColumns } from '../mapping/entry-columns.js';
import type { CheckpointPart } from './checkpoint.js';
import { columnsOf } from './columns.js';
import { terminalStatuses } from './status-lists.js';

/**
 * Writes entries in their places, where these are free. The entry before must be there, and the saga must not be
 * terminal. One snapshot sees both: whoever wrote the entry before wrote the status with it. What the snapshot does
 * not see yet, the primary key does. Both are asked by scalar subqueries: for an EXISTS behind an OR, PostgreSQL would
 * read the whole journal into a hash table.
 */
export function appendEntries({ execution, log }: Tables, appends: readonly AppendRequest[]): CheckpointPart {
  const columns = columnsOf(appends.map(toRow), {
    saga_id: ['uuid', ({ request }) => request.sagaId],
    seq: ['integer', ({ request }) => request.seq],
    kind: ['text', ({ entry }) => entry.kind],
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
    name: 'stored',
    isAnswer: true,
    values: columns.values,
    sql: (first) => `INSERT INTO ${log} (${columns.names}, recorded_at)
    SELECT entry.*, moment.at
    FROM ${columns.unnest(first, 'entry')}, moment
    WHERE (SELECT header.status FROM ${execution} AS header WHERE header.id = entry.saga_id)
        NOT IN (${terminalStatuses})
      AND (
        entry.seq = 1
        OR (
          SELECT true FROM ${log} AS previous WHERE previous.saga_id = entry.saga_id AND previous.seq = entry.seq - 1
        )
      )
    ORDER BY entry.saga_id
    ON CONFLICT DO NOTHING
    RETURNING saga_id AS id`,
  };
}

function toRow(request: AppendRequest) {
  return { request, entry: toEntryColumns(request.entry) };
}
