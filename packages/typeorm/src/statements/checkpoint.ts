import type { AppendRequest, NewSaga } from '@nest-saga/core';
import type { Statement } from '../database/statement.js';
import type { Tables } from '../database/tables.js';
import { toEntryColumns } from '../mapping/entry-columns.js';
import { columnsOf } from './columns.js';
import { durableMoment } from './durable-moment.js';
import { openStatuses, terminalStatuses } from './status-lists.js';

/** What one statement writes: sagas that start, and entries with the header changes they bring. */
export interface Checkpoint {
  readonly starts: readonly NewSaga[];
  readonly appends: readonly AppendRequest[];
}

/** A statement with the values of its parameters. */
export interface BoundStatement {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

/**
 * The hot path: everything a group of sagas writes at one moment, in one statement and so in one commit. Answers the
 * ids of the sagas whose row was written; one that is missing was there before (a start) or is fenced (an append).
 */
export class CheckpointStatement {
  private readonly variants = new Map<string, Statement>();

  constructor(private readonly tables: Tables) {}

  bind({ starts, appends }: Checkpoint): BoundStatement {
    const changes = appends.filter(({ change }) => change !== undefined);
    const parts = [
      starts.length > 0 ? startPart(this.tables, starts) : undefined,
      appends.length > 0 ? appendPart(this.tables, appends) : undefined,
      changes.length > 0 ? changePart(this.tables, changes) : undefined,
    ];
    return { statement: this.variantOf(parts), values: parts.flatMap((part) => part?.values ?? []) };
  }

  // A part that has nothing to write is left out: its executor nodes would cost more than a few rows do.
  private variantOf(parts: readonly (Part | undefined)[]): Statement {
    const used = parts.filter((part) => part !== undefined);
    const name = used.map((part) => part.name).join('');
    const known = this.variants.get(name);
    if (known !== undefined) return known;
    let parameters = 0;
    const expressions = used.map((part) => {
      const expression = part.expression(parameters + 1);
      parameters += part.values.length;
      return expression;
    });
    const answers = used.flatMap((part) => part.answer ?? []);
    const statement = {
      name: `write_${name}`,
      text: `WITH ${[durableMoment, ...expressions].join(', ')}\n${answers.join('\nUNION ALL ')}`,
    };
    this.variants.set(name, statement);
    return statement;
  }
}

interface Part {
  readonly name: string;
  readonly values: readonly unknown[];
  /** Its common table expression, whose first parameter has this number. */
  expression(first: number): string;
  readonly answer?: string;
}

// In the order of the keys, so that two statements that start the same sagas never wait for each other in a circle.
function startPart({ execution }: Tables, starts: readonly NewSaga[]): Part {
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
    name: 's',
    values: columns.values,
    expression: (first) => `started AS (
    INSERT INTO ${execution}
      (id, saga_name, saga_version, saga_key, status, owner, next_run_at, context, metadata, created_at, updated_at)
    SELECT saga.id, saga.name, saga.version, saga.key, CASE WHEN saga.owner IS NULL THEN 'pending' ELSE 'running' END,
      saga.owner, CASE WHEN saga.owner IS NULL THEN moment.at END, saga.context, saga.metadata, moment.at, moment.at
    FROM ${columns.unnest(first, 'saga')}, moment
    ORDER BY saga.name, saga.key, saga.id
    ON CONFLICT DO NOTHING
    RETURNING id
  )`,
    answer: 'SELECT id FROM started',
  };
}

/**
 * The entry before must be there, and the saga must not be terminal. One snapshot sees both: whoever wrote the entry
 * before wrote the status with it. What the snapshot does not see yet, the primary key does. Both are asked by scalar
 * subqueries: for an EXISTS behind an OR, PostgreSQL would read the whole journal into a hash table.
 */
function appendPart({ execution, log }: Tables, appends: readonly AppendRequest[]): Part {
  const columns = columnsOf(
    appends.map(({ sagaId, seq, worker, entry }) => ({ sagaId, seq, worker, ...toEntryColumns(entry) })),
    {
      saga_id: ['uuid', (row) => row.sagaId],
      seq: ['integer', (row) => row.seq],
      kind: ['text', (row) => row.kind],
      step: ['text', (row) => row.step],
      attempt: ['integer', (row) => row.attempt],
      worker: ['text', (row) => row.worker ?? null],
      context: ['json', (row) => row.context],
      response: ['json', (row) => row.response],
      error: ['json', (row) => row.error],
      events: ['json', (row) => row.events],
      detail: ['json', (row) => row.detail],
      started_at: ['timestamptz', (row) => row.startedAt],
      finished_at: ['timestamptz', (row) => row.finishedAt],
    },
  );
  return {
    name: 'a',
    values: columns.values,
    expression: (first) => `stored AS (
    INSERT INTO ${log} (${columns.names}, recorded_at)
    SELECT entry.*, moment.at
    FROM ${columns.unnest(first, 'entry')}, moment
    WHERE (SELECT header.status FROM ${execution} AS header WHERE header.id = entry.saga_id)
        NOT IN (${terminalStatuses})
      AND (
        entry.seq = 1
        OR (
          SELECT true FROM ${log} AS previous WHERE previous.saga_id = entry.saga_id AND previous.seq = entry.seq - 1
        )
      )
    ORDER BY entry.saga_id
    ON CONFLICT DO NOTHING
    RETURNING saga_id
  )`,
    answer: 'SELECT saga_id AS id FROM stored',
  };
}

function changePart({ execution }: Tables, appends: readonly AppendRequest[]): Part {
  const columns = columnsOf(appends, {
    saga_id: ['uuid', ({ sagaId }) => sagaId],
    status: ['text', ({ change }) => change?.status ?? null],
    owner: ['text', ({ change }) => change?.owner ?? null],
    failure: ['json', ({ change }) => toJson(change?.failure)],
    stuck: ['json', ({ change }) => toJson(change?.stuck)],
  });
  return {
    name: 'c',
    values: columns.values,
    expression: (first) => `changed AS (
    UPDATE ${execution} AS header
    SET status = change.status, owner = change.owner, failure = change.failure, stuck = change.stuck,
      next_run_at = CASE WHEN change.owner IS NULL AND change.status IN (${openStatuses}) THEN moment.at END,
      updated_at = moment.at
    FROM ${columns.unnest(first, 'change')}, stored, moment
    WHERE stored.saga_id = change.saga_id AND header.id = change.saga_id
  )`,
  };
}

function toJson(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
