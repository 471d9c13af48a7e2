import type { NewSaga } from '@nest-saga/core';
import type { Tables } from '../database/tables.js';
import type { CheckpointPart } from './checkpoint.js';
import { columnsOf } from './columns.js';

/** Writes the headers of sagas that are not there yet, by id and by key. */
export function startSagas({ execution }: Tables, starts: readonly NewSaga[]): CheckpointPart {
  const columns = columnsOf(starts, {
    id: ['uuid', (saga) => saga.sagaId],
    name: ['text', (saga) => saga.saga],
    version: ['integer', (saga) => saga.version],
    key: ['text', (saga) => saga.key ?? null],
    owner: ['text', (saga) => saga.owner ?? null],
    context: ['json', (saga) => saga.context],
    metadata: ['json', (saga) => JSON.stringify(saga.metadata)],
  });
  return {
    key: 's',
    name: 'started',
    isAnswer: true,
    values: columns.values,
    sql: (first) => `INSERT INTO ${execution}
      (id, saga_name, saga_version, saga_key, status, owner, next_run_at, context, metadata, created_at, updated_at)
    SELECT saga.id, saga.name, saga.version, saga.key, CASE WHEN saga.owner IS NULL THEN 'pending' ELSE 'running' END,
      saga.owner, CASE WHEN saga.owner IS NULL THEN moment.at END, saga.context, saga.metadata, moment.at, moment.at
    FROM ${columns.unnest(first, 'saga')}, moment
    ON CONFLICT DO NOTHING
    RETURNING id`,
  };
}
