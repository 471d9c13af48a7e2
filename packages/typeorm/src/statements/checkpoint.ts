import type { AppendRequest, NewSaga } from '@nest-saga/core';
import type { WriteGroup, WrittenSagas } from '@nest-saga/core/storage-kit';
import type { Statement } from '../database/statement.js';
import type { Tables } from '../database/tables.js';
import type { WriteAnswer } from '../database/write-query.js';
import { AppendOneStatements, appendOneValues } from './append-one.js';
import type { CheckpointPart } from './checkpoint-part.js';
import { durableMoment } from './durable-moment.js';
import { areLocked, locksFirst } from './lock-headers.js';
import {
  startOneLaterStatement,
  startOneLaterValues,
  startOneStatement,
  startOneValues,
} from './start-one.js';

/** A statement with the values of its parameters. */
export interface BoundStatement {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

/** A checkpoint as a statement. */
export interface BoundCheckpoint extends BoundStatement {
  /** What the statement's answer says. */
  writtenBy(answer: WriteAnswer): WrittenSagas;
}

/** Makes the parts, each of which writes to one table. */
export interface CheckpointParts {
  starts(starts: readonly NewSaga[]): CheckpointPart;
  /** Locks the headers of requests. */
  locks(requests: readonly AppendRequest[]): CheckpointPart;
  /** @param condition What has to hold before anything is written, besides. */
  entries(appends: readonly AppendRequest[], condition: string | undefined): CheckpointPart;
  /** Of the headers whose entry was written. */
  changes(appends: readonly AppendRequest[]): CheckpointPart;
}

/** The hot path: everything a group of sagas writes at one moment, in one statement and so in one commit. */
export class CheckpointStatement {
  private readonly variants = new Map<string, Statement>();
  private readonly startOne: Statement;
  private readonly startOneLater: Statement;
  private readonly appendOne: AppendOneStatements;

  constructor(
    tables: Tables,
    private readonly parts: CheckpointParts,
  ) {
    this.startOne = startOneStatement(tables);
    this.startOneLater = startOneLaterStatement(tables);
    this.appendOne = new AppendOneStatements(tables);
  }

  /** @throws SagaStorageError (refused) for a value that cannot be sent. */
  bind(group: WriteGroup): BoundCheckpoint {
    return group.starts.length + group.appends.length === 1 ? this.bindOne(group) : this.bindMany(group);
  }

  private bindOne({ starts: [saga], appends: [request] }: WriteGroup): BoundCheckpoint {
    if (saga !== undefined) return this.bindStart(saga);
    if (request === undefined) throw new TypeError('There is nothing to write.');
    const statement = this.appendOne.statementFor(request);
    return { statement, values: appendOneValues(request), writtenBy: oneRowOrNone };
  }

  private bindStart(saga: NewSaga): BoundCheckpoint {
    const { park } = saga;
    const writtenBy = oneRowOrNone;
    if (park === undefined) return { statement: this.startOne, values: startOneValues(saga), writtenBy };
    return { statement: this.startOneLater, values: startOneLaterValues(saga, park), writtenBy };
  }

  private bindMany({ starts, appends }: WriteGroup): BoundCheckpoint {
    const changes = appends.filter(({ change }) => change !== undefined);
    const requests = appends.filter(locksFirst);
    const condition = requests.length > 0 ? areLocked : undefined;
    const parts: CheckpointPart[] = [];
    if (starts.length > 0) parts.push(this.parts.starts(inOneOrder(starts)));
    if (requests.length > 0) parts.push(this.parts.locks(requests));
    if (appends.length > 0) parts.push(this.parts.entries(inOneOrder(appends), condition));
    if (changes.length > 0) parts.push(this.parts.changes(changes));
    return {
      statement: this.variantOf(parts),
      values: [...parts.flatMap(({ values }) => values), starts.length + appends.length],
      writtenBy: allOrTheseIds,
    };
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

// Nearly always all of them are written, and to say so takes the server and its client no time. Otherwise the answer is
// one row with all the ids: it is made, sent and read faster than a row for each.
function textOf(parts: readonly CheckpointPart[]): string {
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

/** In the same order in every statement, so that two of them never wait for each other in a circle. */
function inOneOrder<Item extends { readonly sagaId: string }>(items: readonly Item[]): readonly Item[] {
  return items.toSorted((one, other) => (one.sagaId < other.sagaId ? -1 : 1));
}

const everySaga: WrittenSagas = { has: () => true };
const noSaga: WrittenSagas = { has: () => false };

function oneRowOrNone({ rowCount }: WriteAnswer): WrittenSagas {
  return rowCount === 1 ? everySaga : noSaga;
}

function allOrTheseIds({ text }: WriteAnswer): WrittenSagas {
  if (text === undefined) throw new TypeError('The statement did not say what it wrote.');
  return text === null ? everySaga : new Set(text.split(','));
}
