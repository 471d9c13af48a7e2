import type { AppendRequest, HeaderChange } from '@nest-saga/core';
import type { Statement } from '../database/statement.js';
import type { Tables } from '../database/tables.js';
import { toEntryColumns } from '../mapping/entry-columns.js';
import { durableCommit, statementTime } from './durable-moment.js';
import { isNextPlace } from './fence.js';
import { openStatuses } from './status-lists.js';

/** As `appendEntries` for a single entry: see `startOneStatement`. Parameters: `appendOneValues`. */
export function appendOneStatement(tables: Tables): Statement {
  return { name: 'append', text: `${insertOne(tables, 'NULL')} RETURNING saga_id AS ids, ${durableCommit}` };
}

/** As `appendEntries` and `changeHeaders` for a single entry. Parameters: `appendOneValues`. */
export function appendAndChangeOneStatement(tables: Tables): Statement {
  return {
    name: 'change',
    text: `WITH stored AS (${insertOne(tables, '$14::text')} RETURNING saga_id)
UPDATE ${tables.execution} AS header
SET status = $14::text, owner = $15::text, failure = $16::json, stuck = $17::json,
  next_run_at = CASE WHEN $15::text IS NULL AND $14::text IN (${openStatuses}) THEN ${statementTime} END,
  updated_at = ${statementTime}
FROM stored
WHERE header.id = stored.saga_id
RETURNING header.id AS ids, ${durableCommit}`,
  };
}

/** The parameters of both. */
export function appendOneValues({ sagaId, seq, worker, entry, change }: AppendRequest): readonly unknown[] {
  const columns = toEntryColumns(entry);
  return [
    sagaId,
    seq,
    columns.kind,
    columns.step,
    columns.attempt,
    worker,
    columns.context,
    columns.response,
    columns.error,
    columns.events,
    columns.detail,
    columns.startedAt?.toISOString(),
    columns.finishedAt?.toISOString(),
    ...(change === undefined ? [] : changeValues(change)),
  ];
}

function changeValues({ status, owner, failure, stuck }: HeaderChange): readonly unknown[] {
  return [status, owner, failure && JSON.stringify(failure), stuck && JSON.stringify(stuck)];
}

function insertOne(tables: Tables, status: string): string {
  return `INSERT INTO ${tables.log} (saga_id, seq, kind, step, attempt, worker, context, response, error, events, detail,
  started_at, finished_at, recorded_at, status)
SELECT $1::uuid, $2::integer, $3::text, $4::text, $5::integer, $6::text, $7::json, $8::json, $9::json, $10::json,
  $11::json, $12::timestamptz, $13::timestamptz, ${statementTime}, ${status}
WHERE ${isNextPlace(tables, '$1::uuid', '$2::integer')}`;
}
