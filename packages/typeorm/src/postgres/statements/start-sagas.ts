import { firstStatus } from '@nest-saga/core/storage-kit';
import type { NewSaga } from '@nest-saga/core';
import type { Tables } from '../tables.js';
import type { WritePart } from './write-part.js';
import { toTagsColumn } from '../mapping/tags-column.js';
import { toWaitingColumn } from '../mapping/waiting-column.js';
import { columnsOf } from './columns.js';
import type { ColumnSource } from './columns.js';
import { dueInMsOfStart, failureColumnOf, hasMoreColumns, pathColumnOf } from './start-one.js';

/** Writes the headers of new sagas, by id and by key. The columns of parks, deadlines, paths and tags are left out if no saga has one. */
export function startSagas({ execution }: Tables, starts: readonly NewSaga[]): WritePart {
  const haveMore = starts.some(hasMoreColumns);
  const columns = columnsOf(starts, {
    id: ['uuid', (saga) => saga.sagaId],
    name: ['text', (saga) => saga.saga],
    version: ['integer', (saga) => saga.version],
    key: ['text', (saga) => saga.key ?? null],
    owner: ['text', (saga) => saga.owner ?? null],
    context: ['json', (saga) => saga.context],
    metadata: ['json', (saga) => JSON.stringify(saga.metadata)],
    ...(haveMore ? moreColumns : {}),
  });
  const due = haveMore ? after('saga.due_in_ms') : 'moment.at';
  return {
    key: haveMore ? 't' : 's',
    name: 'started',
    isAnswer: true,
    values: columns.values,
    sql: (first) => `INSERT INTO ${execution}
      (id, saga_name, saga_version, saga_key, status, owner, next_run_at, context, metadata, created_at, updated_at${haveMore ? ', waiting, deadline_at, path, tags, reverses, failure' : ''})
    SELECT saga.id, saga.name, saga.version, saga.key, ${haveMore ? 'saga.status' : `CASE WHEN saga.owner IS NULL THEN 'pending' ELSE 'running' END`},
      saga.owner, CASE WHEN saga.owner IS NULL THEN ${due} END, saga.context, saga.metadata, moment.at, moment.at${haveMore ? `, saga.waiting, ${after('saga.deadline_in_ms')}, saga.path, saga.tags::text[], saga.reverses, saga.failure` : ''}
    FROM ${columns.unnest(first, 'saga')}, moment
    ON CONFLICT DO NOTHING
    RETURNING id`,
  };
}

const moreColumns: Readonly<Record<string, ColumnSource<NewSaga>>> = {
  waiting: ['text', ({ park }) => toWaitingColumn(park)],
  due_in_ms: ['bigint', dueInMsOfStart],
  deadline_in_ms: ['bigint', ({ deadlineInMs }) => deadlineInMs ?? null],
  path: ['json', pathColumnOf],
  reverses: ['uuid', ({ reverses }) => reverses ?? null],
  failure: ['json', failureColumnOf],
  status: ['text', firstStatus],
  // Arrays of arrays cannot be sent, so each list is the text of an array.
  tags: ['text', ({ tags }) => toTagsColumn(tags)],
};

/** Null for a park without an end, or a saga without a deadline. */
function after(column: string): string {
  return `moment.at + ${column} * interval '1 millisecond'`;
}
