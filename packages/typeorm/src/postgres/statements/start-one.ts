import { failureOfReversal, firstStatus } from '@nest-saga/core/storage-kit';
import type { NewSaga } from '@nest-saga/core';
import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
import { toTagsColumn } from '../mapping/tags-column.js';
import { toWaitingColumn } from '../mapping/waiting-column.js';
import { isCommitDurable, statementTime } from './durable-moment.js';

/**
 * Like `startSagas` for a single saga, which is the usual case in a process with little load: without arrays, sorting
 * and common table expressions it takes half the time, and the number of rows is a sufficient answer. Parameters:
 * `startOneValues`.
 */
export function startOneStatement({ execution }: Tables): Statement {
  return {
    name: 'start',
    text: `INSERT INTO ${execution}
  (id, saga_name, saga_version, saga_key, status, owner, next_run_at, context, metadata, created_at, updated_at)
SELECT $1::uuid, $2::text, $3::integer, $4::text, CASE WHEN $5::text IS NULL THEN 'pending' ELSE 'running' END,
  $5::text, CASE WHEN $5::text IS NULL THEN ${statementTime} END, $6::json, $7::json, ${statementTime}, ${statementTime}
WHERE ${isCommitDurable}
ON CONFLICT DO NOTHING`,
  };
}

/** The parameters of `startOneStatement`. */
export function startOneValues(saga: NewSaga): readonly unknown[] {
  const { sagaId, version, key, owner, context, metadata } = saga;
  return [sagaId, saga.saga, version, key, owner, context, JSON.stringify(metadata)];
}

/** Like `startOneStatement` for a saga that has a deadline, a path or tags, or is parked. Parameters: `startOneWithMoreValues`. */
export function startOneWithMoreStatement({ execution }: Tables): Statement {
  const after = (parameter: string): string =>
    `${statementTime} + ${parameter}::bigint * interval '1 millisecond'`;
  return {
    name: 'start_timed',
    text: `INSERT INTO ${execution}
  (id, saga_name, saga_version, saga_key, status, owner, next_run_at, context, metadata, created_at, updated_at,
  waiting, deadline_at, path, tags, reverses, failure, parent_id)
SELECT $1::uuid, $2::text, $3::integer, $4::text, $15::text,
  $5::text, CASE WHEN $5::text IS NULL THEN ${after('$8')} END, $6::json, $7::json, ${statementTime}, ${statementTime},
  $9::text, ${after('$10')}, $11::json, $12::text[], $13::uuid, $14::json, $16::uuid
WHERE ${isCommitDurable}
ON CONFLICT DO NOTHING`,
  };
}

/** The parameters of `startOneWithMoreStatement`. */
export function startOneWithMoreValues(saga: NewSaga): readonly unknown[] {
  const { park, deadlineInMs } = saga;
  return [
    ...startOneValues(saga),
    dueInMsOfStart(saga),
    toWaitingColumn(park),
    deadlineInMs,
    pathColumnOf(saga),
    toTagsColumn(saga.tags),
    saga.reverses,
    failureColumnOf(saga),
    firstStatus(saga),
    saga.parentId,
  ];
}

/** Whether a start has more columns than `startOneStatement` writes. */
export function hasMoreColumns({ park, deadlineInMs, path, tags, parentId }: NewSaga): boolean {
  return [park, deadlineInMs, path, tags, parentId].some((one) => one !== undefined);
}

/** The decisions of a start, as JSON; null if there are none. */
export function pathColumnOf({ path }: NewSaga): string | null {
  return path === undefined ? null : JSON.stringify(path);
}

/** The failure of a reversal, as JSON; null for all others. */
export function failureColumnOf({ path }: NewSaga): string | null {
  return path?.reversal === undefined ? null : JSON.stringify(failureOfReversal(path.reversal));
}

/** After how long a queued saga is due, in milliseconds; null: never. */
export function dueInMsOfStart({ park }: NewSaga): number | null {
  return park === undefined ? 0 : (park.dueInMs ?? null);
}
