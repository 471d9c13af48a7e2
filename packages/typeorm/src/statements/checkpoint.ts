import type { AppendRequest, NewSaga } from '@nest-saga/core';
import type { Row, Statement } from '../database/statement.js';
import type { Tables } from '../database/tables.js';
import { appendEntries } from './append-entries.js';
import { appendAndChangeOneStatement, appendOneStatement, appendOneValues } from './append-one.js';
import { changeHeaders } from './change-headers.js';
import { durableMoment } from './durable-moment.js';
import { startOneStatement, startOneValues } from './start-one.js';
import { startSagas } from './start-sagas.js';

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

/** One of the things that a checkpoint does, as a statement that others can be put beside. */
export interface CheckpointPart {
  /** Names it in the name of a prepared statement, which has to be short. */
  readonly key: string;
  /** Of its common table expression. */
  readonly name: string;
  readonly values: readonly unknown[];
  /** Whether the rows it returns are part of the answer: the `id` of each saga that was written. */
  readonly isAnswer: boolean;
  /** Its SQL, whose first parameter has the number `first`. */
  sql(first: number): string;
}

/**
 * The hot path: everything a group of sagas writes at one moment, in one statement and so in one commit. Answers the
 * ids of the sagas whose row was written; one that is missing was there before (a start) or is fenced (an append).
 */
export class CheckpointStatement {
  private readonly variants = new Map<string, Statement>();
  private readonly startOne: Statement;
  private readonly appendOne: Statement;
  private readonly appendAndChangeOne: Statement;

  constructor(private readonly tables: Tables) {
    this.startOne = startOneStatement(tables);
    this.appendOne = appendOneStatement(tables);
    this.appendAndChangeOne = appendAndChangeOneStatement(tables);
  }

  /** @throws SagaStorageError (refused) for a value that cannot be sent. */
  bind(group: Checkpoint): BoundStatement {
    return group.starts.length + group.appends.length === 1 ? this.bindOne(group) : this.bindMany(group);
  }

  private bindOne({ starts: [saga], appends: [request] }: Checkpoint): BoundStatement {
    if (saga !== undefined) return { statement: this.startOne, values: startOneValues(saga) };
    if (request === undefined) throw new TypeError('There is nothing to write.');
    const statement = request.change === undefined ? this.appendOne : this.appendAndChangeOne;
    return { statement, values: appendOneValues(request) };
  }

  private bindMany({ starts, appends }: Checkpoint): BoundStatement {
    const changes = appends.filter(({ change }) => change !== undefined);
    const parts: CheckpointPart[] = [];
    if (starts.length > 0) parts.push(startSagas(this.tables, inOneOrder(starts)));
    if (appends.length > 0) parts.push(appendEntries(this.tables, inOneOrder(appends)));
    if (changes.length > 0) parts.push(changeHeaders(this.tables, changes));
    return { statement: this.variantOf(parts), values: parts.flatMap(({ values }) => values) };
  }

  // A part that has nothing to write is left out: its executor nodes would cost more than a few rows do.
  private variantOf(parts: readonly CheckpointPart[]): Statement {
    const name = parts.map(({ key }) => key).join('');
    const known = this.variants.get(name);
    if (known !== undefined) return known;
    const statement = { name: `group_${name}`, text: textOf(parts) };
    this.variants.set(name, statement);
    return statement;
  }
}

// One row with all the ids: it is made, sent and read faster than a row for each.
function textOf(parts: readonly CheckpointPart[]): string {
  let parameters = 0;
  const expressions = parts.map(({ name, values, sql }) => {
    const expression = `${name} AS (\n    ${sql(parameters + 1)}\n  )`;
    parameters += values.length;
    return expression;
  });
  const answers = parts.filter(({ isAnswer }) => isAnswer).map(({ name }) => `SELECT id FROM ${name}`);
  return `WITH ${[durableMoment, ...expressions].join(', ')}
SELECT string_agg(written.id::text, ',') AS ids FROM (${answers.join(' UNION ALL ')}) AS written`;
}

/** In the same order in every statement, so that two of them never wait for each other in a circle. */
function inOneOrder<Item extends { readonly sagaId: string }>(items: readonly Item[]): readonly Item[] {
  return items.toSorted((one, other) => (one.sagaId < other.sagaId ? -1 : 1));
}

/** The ids that the statement answered. */
export function writtenIds([row]: readonly Row[]): ReadonlySet<string> {
  const ids = row?.['ids'];
  return new Set(typeof ids === 'string' ? ids.split(',') : []);
}
