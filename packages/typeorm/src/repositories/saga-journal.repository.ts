import type {
  JournalCursor,
  JournalNews,
  SagaOutline,
  TakenSaga,
  WriteGroup,
  WrittenSagas,
} from '@nest-saga/core/storage-kit';
import { loadJournal } from '@nest-saga/core/storage-kit';
import { SagaStorageError } from '@nest-saga/core';
import type { AppendRequest, JournalEntry, LoadedSaga } from '@nest-saga/core';
import { required } from '../postgres/statement.js';
import type { Row, Statement, StatementRunner } from '../postgres/statement.js';
import type { Tables } from '../postgres/tables.js';
import type { WriteRunner } from '../postgres/write-query.js';
import { SagaLogEntity } from '../entities/saga.entities.js';
import { toAllNews, toLoadedSaga, toOutlines } from '../postgres/mapping/journal-rows.js';
import { appendEntries } from '../postgres/statements/append-entries.js';
import type { BoundWrite } from '../postgres/statements/grouped-write.js';
import { GroupedWriteStatement } from '../postgres/statements/grouped-write.js';
import { insertPointers } from '../postgres/statements/insert-pointers.js';
import { startWithEntries } from '../postgres/statements/start-sagas.js';
import { tellMessages } from '../postgres/statements/inbox.js';
import {
  loadStatement,
  readClaimedStatement,
  readNewsStatement,
  readOutlinesStatement,
} from '../postgres/statements/read-journals.js';
import { ReadOnlyRepository } from './read-only.repository.js';
import type { SagaDataSource } from './saga-data-source.js';
import type { SagaExecutionRepository } from './saga-execution.repository.js';

/** The connections for reading and writing journals. */
export interface JournalRunners {
  readonly reads: StatementRunner;
  readonly writes: WriteRunner;
}

/**
 * The journals: the table `saga_log`, one row for each thing that happened to a saga. Methods of TypeORM answer entities,
 * those of this class journal entries. Writing methods reject with `SagaReadOnlyError`, and every other
 * one with `SagaStorageError` if the database cannot be read.
 */
export class SagaJournalRepository extends ReadOnlyRepository<SagaLogEntity> {
  private readonly groupedWrite: GroupedWriteStatement;
  private readonly claimed: Statement;
  private readonly whole: Statement;

  /** @internal */
  constructor(
    dataSource: SagaDataSource,
    private readonly runners: JournalRunners,
    private readonly tables: Tables,
    executions: SagaExecutionRepository,
  ) {
    super(SagaLogEntity, dataSource.manager);
    this.groupedWrite = new GroupedWriteStatement(tables, {
      starts: (starts) => executions.startsPart(starts),
      locks: (requests) => executions.locksPart(requests),
      entries: (appends, condition) => appendEntries(tables, appends, condition),
      changes: (appends) => executions.changesPart(appends),
      pointers: (appends) => insertPointers(tables, appends),
      messages: (appends) => tellMessages(tables, appends),
      begun: (appends) => startWithEntries(tables, appends),
    });
    this.claimed = readClaimedStatement(tables);
    this.whole = loadStatement(tables);
  }

  /**
   * All entries of a saga so far, in order and in reads of a limited size; empty if there is no such saga.
   *
   * @throws SagaStorageError also if an entry cannot be read, for example because a newer release wrote it.
   */
  async history(sagaId: string): Promise<readonly JournalEntry[]> {
    return (await loadJournal(this, sagaId))?.entries ?? [];
  }

  /** @internal Prepared, as a query of our own: with the driver's a small write took a sixth more (ADR 0023). */
  async write(group: WriteGroup): Promise<WrittenSagas> {
    const { statement, values, writtenBy } = this.groupedWrite.bind(group);
    return writtenBy(await this.runners.writes.write(statement, values));
  }

  /** @internal The statement that appends one entry, for a transaction. */
  bind(request: AppendRequest): BoundWrite {
    return this.groupedWrite.bind({ starts: [], appends: [request] });
  }

  /** @internal One statement: header and entries have to be of one consistent view. */
  async load(sagaId: string, afterSeq = 0): Promise<LoadedSaga | undefined> {
    const rows = await this.runners.reads.run('load', this.whole, [sagaId, afterSeq]);
    return readable('load', () => toLoadedSaga(rows));
  }

  /** @internal As `load`, for many sagas. */
  async readNews(cursors: readonly JournalCursor[]): Promise<readonly JournalNews[]> {
    if (cursors.length === 0) return [];
    const { statement, values } = readNewsStatement(this.tables, cursors);
    const rows = await this.runners.reads.run('readNews', statement, values);
    return readable('readNews', () => toAllNews(rows));
  }

  /** @internal As `load`, for many sagas. */
  async readOutlines(sagaIds: readonly string[]): Promise<readonly SagaOutline[]> {
    if (sagaIds.length === 0) return [];
    const { statement, values } = readOutlinesStatement(this.tables, sagaIds);
    const rows = await this.runners.reads.run('readOutlines', statement, values);
    return readable('readOutlines', () => toOutlines(rows));
  }

  /** @internal One statement and one view: the entries of many journals up to their claims, as rows by the saga's id. */
  async readClaimed(claims: readonly TakenSaga[]): Promise<ReadonlyMap<string, readonly Row[]>> {
    const values = [claims.map(({ header }) => header.sagaId), claims.map(({ claimSeq }) => claimSeq)];
    return byId(await this.runners.reads.run('claim', this.claimed, values));
  }
}

function readable<Result>(operation: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw new SagaStorageError(operation, 'refused', { cause });
  }
}

function byId(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const sagaId = required(row, 'saga_id');
    const group = groups.get(sagaId);
    if (group === undefined) groups.set(sagaId, [row]);
    else group.push(row);
  }
  return groups;
}
