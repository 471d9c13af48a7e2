import { firstStatus } from '@nest-saga/core/storage-kit';
import type { AppendRequest, NewSaga } from '@nest-saga/core';
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
  const columns = columnsOf(starts, haveMore ? allColumns : firstColumns);
  const due = haveMore ? after('saga.due_in_ms') : 'moment.at';
  return {
    key: haveMore ? 't' : 's',
    name: 'started',
    isAnswer: true,
    values: columns.values,
    sql: (first) => `INSERT INTO ${execution}
      (id, saga_name, saga_version, saga_key, status, owner, next_run_at, context, metadata, created_at, updated_at${haveMore ? `, ${moreNames}` : ''})
    SELECT saga.id, saga.name, saga.version, saga.key, ${haveMore ? 'saga.status' : `CASE WHEN saga.owner IS NULL THEN 'pending' ELSE 'running' END`},
      saga.owner, CASE WHEN saga.owner IS NULL THEN ${due} END, saga.context, saga.metadata, moment.at, moment.at${haveMore ? `, ${moreValues}` : ''}
    FROM ${columns.unnest(first, 'saga')}, moment
    ON CONFLICT DO NOTHING
    RETURNING id`,
  };
}

/** Writes the headers of the sagas that start with the entries which were written by the part `stored` beside it. */
export function startWithEntries({ execution }: Tables, appends: readonly AppendRequest[]): WritePart {
  const begun = appends
    .flatMap(({ sagaId, start }) => (start === undefined ? [] : [{ ...start, starter: sagaId }]))
    .toSorted((one, other) => (one.sagaId < other.sagaId ? -1 : 1));
  const columns = columnsOf(begun, { ...allColumns, starter: ['uuid', ({ starter }) => starter] });
  return {
    key: 'b',
    name: 'begun',
    isAnswer: false,
    values: columns.values,
    sql: (first) => `INSERT INTO ${execution}
      (id, saga_name, saga_version, saga_key, status, owner, next_run_at, context, metadata, created_at, updated_at, ${moreNames})
    SELECT saga.id, saga.name, saga.version, saga.key, saga.status, saga.owner,
      CASE WHEN saga.owner IS NULL THEN ${after('saga.due_in_ms')} END, saga.context, saga.metadata, moment.at, moment.at, ${moreValues}
    FROM ${columns.unnest(first, 'saga')}, moment
    WHERE (saga.starter IN (SELECT id FROM stored)) IS TRUE
    ON CONFLICT DO NOTHING`,
  };
}

const firstColumns: Readonly<Record<string, ColumnSource<NewSaga>>> = {
  id: ['uuid', (saga) => saga.sagaId],
  name: ['text', (saga) => saga.saga],
  version: ['integer', (saga) => saga.version],
  key: ['text', (saga) => saga.key ?? null],
  owner: ['text', (saga) => saga.owner ?? null],
  context: ['json', (saga) => saga.context],
  metadata: ['json', (saga) => JSON.stringify(saga.metadata)],
};

const allColumns: Readonly<Record<string, ColumnSource<NewSaga>>> = {
  ...firstColumns,
  waiting: ['text', ({ park }) => toWaitingColumn(park)],
  due_in_ms: ['bigint', dueInMsOfStart],
  deadline_in_ms: ['bigint', ({ deadlineInMs }) => deadlineInMs ?? null],
  path: ['json', pathColumnOf],
  parent_id: ['uuid', ({ parentId }) => parentId ?? null],
  reverses: ['uuid', ({ reverses }) => reverses ?? null],
  failure: ['json', failureColumnOf],
  status: ['text', firstStatus],
  // Arrays of arrays cannot be sent, so each list is the text of an array.
  tags: ['text', ({ tags }) => toTagsColumn(tags)],
};

const moreNames = 'waiting, deadline_at, path, tags, reverses, failure, parent_id';
const moreValues = `saga.waiting, ${after('saga.deadline_in_ms')}, saga.path, saga.tags::text[], saga.reverses, saga.failure, saga.parent_id`;

/** Null for a park without an end, or a saga without a deadline. */
function after(column: string): string {
  return `moment.at + ${column} * interval '1 millisecond'`;
}
