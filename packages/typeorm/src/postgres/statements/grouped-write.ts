import type { AppendRequest, NewSaga } from '@nest-saga/core';
import type { WriteGroup, WrittenSagas } from '@nest-saga/core/storage-kit';
import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
import type { WriteAnswer } from '../write-query.js';
import { AppendOneStatements, appendOneValues } from './append-one.js';
import type { WritePart } from './write-part.js';
import { durableMoment } from './durable-moment.js';
import { areLocked, locksFirst } from './lock-headers.js';
import {
  hasMoreColumns,
  startOneStatement,
  startOneWithMoreStatement,
  startOneWithMoreValues,
  startOneValues,
} from './start-one.js';

/** A statement with the values of its parameters. */
export interface BoundStatement {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

/** A group of writes as a statement. */
export interface BoundWrite extends BoundStatement {
  /** The sagas that were written, according to the statement's answer. */
  writtenBy(answer: WriteAnswer): WrittenSagas;
}

/** Makes the parts, each of which writes to one table. */
export interface WriteParts {
  starts(starts: readonly NewSaga[]): WritePart;
  /** Locks the headers of requests. */
  locks(requests: readonly AppendRequest[]): WritePart;
  /** @param condition Another condition for all entries. */
  entries(appends: readonly AppendRequest[], condition: string | undefined): WritePart;
  /** Changes the headers whose entry was written. */
  changes(appends: readonly AppendRequest[]): WritePart;
  /** Writes the pointers of the entries that were written. */
  pointers(appends: readonly AppendRequest[]): WritePart;
  /** Stores the messages of the entries that were written. */
  messages(appends: readonly AppendRequest[]): WritePart;
  /** Stores the sagas that start with the entries that were written. */
  begun(appends: readonly AppendRequest[]): WritePart;
}

/** hot path, see ADR 0023: all writes of a group of sagas in one statement, and so in one commit. */
export class GroupedWriteStatement {
  private readonly variants = new Map<string, Statement>();
  private readonly startOne: Statement;
  private readonly startOneWithMore: Statement;
  private readonly appendOne: AppendOneStatements;

  constructor(
    tables: Tables,
    private readonly parts: WriteParts,
  ) {
    this.startOne = startOneStatement(tables);
    this.startOneWithMore = startOneWithMoreStatement(tables);
    this.appendOne = new AppendOneStatements(tables);
  }

  /** @throws SagaStorageError (refused) for a value that cannot be sent. */
  bind(group: WriteGroup): BoundWrite {
    const [only] = group.appends;
    const isOne = group.starts.length + group.appends.length === 1;
    return isOne && only?.pointers === undefined && only?.tell === undefined && only?.start === undefined
      ? this.bindOne(group)
      : this.bindMany(group);
  }

  private bindOne({ starts: [saga], appends: [request] }: WriteGroup): BoundWrite {
    if (saga !== undefined) return this.bindStart(saga);
    if (request === undefined) throw new TypeError('There is nothing to write.');
    const statement = this.appendOne.statementFor(request);
    return { statement, values: appendOneValues(request), writtenBy: writtenRow };
  }

  private bindStart(saga: NewSaga): BoundWrite {
    const writtenBy = writtenRow;
    if (!hasMoreColumns(saga)) return { statement: this.startOne, values: startOneValues(saga), writtenBy };
    return { statement: this.startOneWithMore, values: startOneWithMoreValues(saga), writtenBy };
  }

  private bindMany({ starts, appends }: WriteGroup): BoundWrite {
    const changes = appends.filter(({ change }) => change !== undefined);
    const requests = appends.filter(locksFirst);
    const condition = requests.length > 0 ? areLocked : undefined;
    const parts: WritePart[] = [];
    if (starts.length > 0) parts.push(this.parts.starts(sortedById(starts)));
    if (requests.length > 0) parts.push(this.parts.locks(requests));
    if (appends.length > 0) parts.push(this.parts.entries(sortedById(appends), condition));
    if (changes.length > 0) parts.push(this.parts.changes(changes));
    const pointing = appends.filter(({ pointers }) => pointers !== undefined);
    if (pointing.length > 0) parts.push(this.parts.pointers(pointing));
    const tells = appends.filter(({ tell }) => tell !== undefined);
    if (tells.length > 0) parts.push(this.parts.messages(tells));
    const starters = appends.filter(({ start }) => start !== undefined);
    if (starters.length > 0) parts.push(this.parts.begun(starters));
    return {
      statement: this.variantOf(parts),
      values: [...parts.flatMap(({ values }) => values), starts.length + appends.length],
      writtenBy: writtenIds,
    };
  }

  // A part that has nothing to write is left out: its executor nodes would cost more than a few rows do.
  private variantOf(parts: readonly WritePart[]): Statement {
    const name = parts.map(({ key }) => key).join('');
    const known = this.variants.get(name);
    if (known !== undefined) return known;
    const statement = { name: `group_${name}`, text: textOf(parts) };
    this.variants.set(name, statement);
    return statement;
  }
}

// hot path: nearly always all of them are written, which needs no rows in the answer. Otherwise the answer is one row
// with all ids, which is made, sent and read faster than a row for each.
function textOf(parts: readonly WritePart[]): string {
  let parameters = 0;
  const expressions = parts.map(({ name, values, sql }) => {
    const expression = `${name} AS (\n    ${sql(parameters + 1)}\n  )`;
    parameters += values.length;
    return expression;
  });
  const answers = parts.filter(({ isAnswer }) => isAnswer).map(({ name }) => `SELECT id FROM ${name}`);
  const written = `written AS (${answers.join(' UNION ALL ')})`;
  return `WITH ${[durableMoment, ...expressions, written].join(', ')}
SELECT CASE WHEN (SELECT count(*) FROM written) < $${parameters + 1}::bigint
    THEN (SELECT coalesce(string_agg(id::text, ','), '') FROM written) END AS ids`;
}

/** In the same order in every statement, so that statements never wait for each other in a circle. */
function sortedById<Item extends { readonly sagaId: string }>(items: readonly Item[]): readonly Item[] {
  return items.toSorted((one, other) => (one.sagaId < other.sagaId ? -1 : 1));
}

const everySaga: WrittenSagas = { has: () => true };
const noSaga: WrittenSagas = { has: () => false };

function writtenRow({ rowCount }: WriteAnswer): WrittenSagas {
  return rowCount === 1 ? everySaga : noSaga;
}

function writtenIds({ text }: WriteAnswer): WrittenSagas {
  if (text === undefined) throw new TypeError('The statement did not say what it wrote.');
  return text === null ? everySaga : new Set(text.split(','));
}
