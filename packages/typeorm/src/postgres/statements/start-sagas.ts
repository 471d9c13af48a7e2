import type { NewSaga } from '@nest-saga/core';
import type { Tables } from '../tables.js';
import type { WritePart } from './write-part.js';
import { toWaitingColumn } from '../mapping/waiting-column.js';
import { columnsOf } from './columns.js';
import type { ColumnSource } from './columns.js';

/** Writes the headers of new sagas, by id and by key. The columns of parks are left out if no saga is parked. */
export function startSagas({ execution }: Tables, starts: readonly NewSaga[]): WritePart {
  const isParked = starts.some(({ park }) => park !== undefined);
  const columns = columnsOf(starts, {
    id: ['uuid', (saga) => saga.sagaId],
    name: ['text', (saga) => saga.saga],
    version: ['integer', (saga) => saga.version],
    key: ['text', (saga) => saga.key ?? null],
    owner: ['text', (saga) => saga.owner ?? null],
    context: ['json', (saga) => saga.context],
    metadata: ['json', (saga) => JSON.stringify(saga.metadata)],
    ...(isParked ? parkColumns : {}),
  });
  const due = isParked ? dueAfterPark : 'moment.at';
  return {
    key: isParked ? 'p' : 's',
    name: 'started',
    isAnswer: true,
    values: columns.values,
    sql: (first) => `INSERT INTO ${execution}
      (id, saga_name, saga_version, saga_key, status, owner, next_run_at, context, metadata, created_at, updated_at${isParked ? ', waiting' : ''})
    SELECT saga.id, saga.name, saga.version, saga.key, CASE WHEN saga.owner IS NULL THEN 'pending' ELSE 'running' END,
      saga.owner, CASE WHEN saga.owner IS NULL THEN ${due} END, saga.context, saga.metadata, moment.at, moment.at${isParked ? ', saga.waiting' : ''}
    FROM ${columns.unnest(first, 'saga')}, moment
    ON CONFLICT DO NOTHING
    RETURNING id`,
  };
}

const parkColumns: Readonly<Record<string, ColumnSource<NewSaga>>> = {
  waiting: ['text', ({ park }) => toWaitingColumn(park)],
  due_in_ms: ['bigint', ({ park }) => (park === undefined ? 0 : (park.dueInMs ?? null))],
};

/** For a park without an end the result is null, as intended. */
const dueAfterPark = "moment.at + saga.due_in_ms * interval '1 millisecond'";
