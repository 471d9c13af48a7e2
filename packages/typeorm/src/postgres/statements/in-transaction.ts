import { toEntryText } from '@nest-saga/core/storage-kit';
import type { MessageTarget, SagaMessage } from '@nest-saga/core/storage-kit';
import type { NewSaga } from '@nest-saga/core';
import { headerColumns } from '../mapping/saga-header-row.js';
import type { Tables } from '../tables.js';
import { durableCommit } from './durable-moment.js';
import type { BoundStatement } from './grouped-write.js';
import { startSagas } from './start-sagas.js';

/** As in other writes, but without a limit for locks: that would stay in force for the application's own statements. */
const moment = `moment AS MATERIALIZED (
    SELECT date_trunc('milliseconds', clock_timestamp()) AS at, ${durableCommit}
  )`;

/** Starts a saga in a transaction of the application. Returns a row if the id and the key were free. */
export function startIn(tables: Tables, saga: NewSaga): BoundStatement {
  const { values, name, sql } = startSagas(tables, [saga]);
  const text = `WITH ${moment}, ${name} AS (
    ${sql(1)}
  )
SELECT id FROM ${name}`;
  return { statement: { name: undefined, text }, values };
}

/** The saga of a target, in the view of a transaction. */
export function findIn({ execution }: Tables, target: MessageTarget): BoundStatement {
  const isById = 'sagaId' in target;
  const condition = isById
    ? 'header.id = $1::uuid'
    : 'header.saga_name = $1::text AND header.saga_key = $2::text';
  const text = `SELECT ${headerColumns('header')} FROM ${execution} AS header WHERE ${condition}`;
  return {
    statement: { name: undefined, text },
    values: isById ? [target.sagaId] : [target.saga, target.key],
  };
}

/** Stores a message in a transaction of the application. */
export function tellIn({ inbox }: Tables, { id, sagaId, entry }: SagaMessage): BoundStatement {
  const text = `WITH ${moment} INSERT INTO ${inbox} (id, saga_id, entry, created_at)
SELECT $1::uuid, $2::uuid, $3::json, moment.at FROM moment`;
  return { statement: { name: undefined, text }, values: [id, sagaId, toEntryText(entry)] };
}
