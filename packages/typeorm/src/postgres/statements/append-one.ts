import { dueInMsOf, toEntryColumns } from '@nest-saga/core/storage-kit';
import type { AppendRequest, HeaderChange } from '@nest-saga/core';
import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
import { toWaitingColumn } from '../mapping/waiting-column.js';
import { isCommitDurable, statementTime } from './durable-moment.js';
import { isFirstOrNextSeq, isNextSeq } from './fence.js';
import { parkedUntil } from './parked-until.js';
import { areLocked, lockHeaders, locksFirst } from './lock-headers.js';

/**
 * Like `appendEntries` and `changeHeaders` for a single entry: see `startOneStatement`. Parameters: `appendOneValues`.
 * Only the statement for the first entry has the header in its plan, because opening it takes time even if it is not
 * read.
 */
export class AppendOneStatements {
  private readonly first: EntryStatements;
  private readonly next: EntryStatements;
  private readonly requested: EntryStatements;

  constructor(tables: Tables) {
    this.first = entryStatements(tables, 'first_', isFirstOrNextSeq);
    this.next = entryStatements(tables, '', isNextSeq);
    this.requested = entryStatements(tables, 'request_', isFirstOrNextSeq, true);
  }

  statementFor(request: AppendRequest): Statement {
    const { append, appendAndChange, appendAndPark } = this.statementsFor(request);
    const { change } = request;
    if (change === undefined) return append;
    return change.park === undefined ? appendAndChange : appendAndPark;
  }

  private statementsFor(request: AppendRequest): EntryStatements {
    if (locksFirst(request)) return this.requested;
    return request.seq === 1 ? this.first : this.next;
  }
}

/** The parameters of all of them. */
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
    entry.status,
    ...(change === undefined ? [] : changeValues(change)),
  ];
}

interface EntryStatements {
  readonly append: Statement;
  readonly appendAndChange: Statement;
  /** It is parked, at most until its deadline. */
  readonly appendAndPark: Statement;
}

function entryStatements(
  tables: Tables,
  prefix: string,
  isRightSeq: typeof isNextSeq,
  isLockedFirst = false,
): EntryStatements {
  const condition = isRightSeq(tables, '$1::uuid', '$2::integer');
  const dueAt = `${statementTime} + $20::bigint * interval '1 millisecond'`;
  const changing = (nextRunAt: string): string =>
    isLockedFirst
      ? `WITH locked AS MATERIALIZED (
    ${lockHeaders(tables, '$1::uuid', isCommitDurable)}
  ), ${insertAndChange(tables, `${condition} AND ${areLocked}`, nextRunAt)}`
      : `WITH ${insertAndChange(tables, condition, nextRunAt)}`;
  return {
    append: { name: `${prefix}append`, text: insertOne(tables, condition) },
    appendAndChange: {
      name: `${prefix}change`,
      text: changing(dueAt),
    },
    appendAndPark: {
      name: `${prefix}park`,
      text: changing(parkedUntil(`coalesce($21::timestamptz, ${dueAt})`, '$15::text', '$22::integer = 1')),
    },
  };
}

function insertAndChange(tables: Tables, condition: string, nextRunAt: string): string {
  return `stored AS (${insertOne(tables, condition)} RETURNING saga_id)
UPDATE ${tables.execution} AS header
SET status = $15::text, owner = $16::text, failure = $17::json, stuck = $18::json,
  waiting = $19::text, next_run_at = ${nextRunAt}, updated_at = ${statementTime}
FROM stored
WHERE header.id = stored.saga_id`;
}

function insertOne(tables: Tables, condition: string): string {
  return `INSERT INTO ${tables.log} (saga_id, seq, kind, step, attempt, worker, context, response, error, events, detail,
  started_at, finished_at, recorded_at, status)
SELECT $1::uuid, $2::integer, $3::text, $4::text, $5::integer, $6::text, $7::json, $8::json, $9::json, $10::json,
  $11::json, $12::timestamptz, $13::timestamptz, ${statementTime}, $14::text
WHERE ${condition} AND ${isCommitDurable}`;
}

function changeValues(change: HeaderChange): readonly unknown[] {
  const { status, owner, failure, stuck, park } = change;
  return [
    status,
    owner,
    failure && JSON.stringify(failure),
    stuck && JSON.stringify(stuck),
    toWaitingColumn(park),
    dueInMsOf(change),
    ...(park === undefined ? [] : [park.nextRunAt?.toISOString(), change.isDeadlineMet === true ? 1 : 0]),
  ];
}
