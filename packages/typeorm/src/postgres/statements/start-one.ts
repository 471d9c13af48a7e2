import type { NewSaga, Park } from '@nest-saga/core';
import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
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

/** Like `startOneStatement` for a saga that is queued and parked. Parameters: `startOneLaterValues`. */
export function startOneLaterStatement({ execution }: Tables): Statement {
  return {
    name: 'start_later',
    text: `INSERT INTO ${execution}
  (id, saga_name, saga_version, saga_key, status, next_run_at, waiting, context, metadata, created_at, updated_at)
SELECT $1::uuid, $2::text, $3::integer, $4::text, 'pending', ${statementTime} + $7::bigint * interval '1 millisecond',
  $8::text, $5::json, $6::json, ${statementTime}, ${statementTime}
WHERE ${isCommitDurable}
ON CONFLICT DO NOTHING`,
  };
}

/** The parameters of `startOneLaterStatement`. */
export function startOneLaterValues(saga: NewSaga, park: Park): readonly unknown[] {
  const { sagaId, version, key, context, metadata } = saga;
  const { dueInMs } = park;
  return [sagaId, saga.saga, version, key, context, JSON.stringify(metadata), dueInMs, toWaitingColumn(park)];
}
