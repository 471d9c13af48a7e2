import { dueInMsOf } from '@nest-saga/core/storage-kit';
import type { AppendRequest } from '@nest-saga/core';
import type { Tables } from '../tables.js';
import type { WritePart } from './write-part.js';
import { columnsOf } from './columns.js';
import type { ColumnSource } from './columns.js';
import { toWaitingColumn } from '../mapping/waiting-column.js';
import { parkedUntil } from './parked-until.js';

/**
 * Changes the headers of the sagas whose entry was written by the part `stored` beside it.
 *
 * `IS TRUE` keeps the planner from turning the check into a join: the plan of a prepared statement does not know the
 * number of rows, and would compare all rows with each other. With it, the check looks into a hash table.
 */
export function changeHeaders({ execution }: Tables, appends: readonly AppendRequest[]): WritePart {
  const hasParks = appends.some(({ change }) => change?.park !== undefined);
  const columns = columnsOf(appends, {
    saga_id: ['uuid', ({ sagaId }) => sagaId],
    status: ['text', ({ change }) => change?.status ?? null],
    owner: ['text', ({ change }) => change?.owner ?? null],
    waiting: ['text', ({ change }) => toWaitingColumn(change?.park)],
    due_in_ms: ['bigint', ({ change }) => (change && dueInMsOf(change)) ?? null],
    failure: ['json', ({ change }) => toJson(change?.failure)],
    stuck: ['json', ({ change }) => toJson(change?.stuck)],
    ...(hasParks ? momentColumn : {}),
  });
  const dueAt = "moment.at + change.due_in_ms * interval '1 millisecond'";
  const parkEndsAt = parkedUntil(
    `coalesce(change.next_run_at, ${dueAt})`,
    'change.status',
    'change.is_deadline_met = 1',
  );
  const dueAtOrParked = `CASE WHEN change.waiting IS NULL THEN ${dueAt} ELSE ${parkEndsAt} END`;
  return {
    key: hasParks ? 'p' : 'c',
    name: 'changed',
    isAnswer: false,
    values: columns.values,
    sql: (first) => `UPDATE ${execution} AS header
    SET status = change.status, owner = change.owner, failure = change.failure, stuck = change.stuck,
      waiting = change.waiting, next_run_at = ${hasParks ? dueAtOrParked : dueAt},
      updated_at = moment.at
    FROM ${columns.unnest(first, 'change')}, moment
    WHERE header.id = change.saga_id AND (change.saga_id IN (SELECT id FROM stored)) IS TRUE`,
  };
}

const momentColumn: Readonly<Record<string, ColumnSource<AppendRequest>>> = {
  next_run_at: ['timestamptz', ({ change }) => change?.park?.nextRunAt ?? null],
  is_deadline_met: ['integer', ({ change }) => (change?.isDeadlineMet === true ? 1 : 0)],
};

function toJson(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
