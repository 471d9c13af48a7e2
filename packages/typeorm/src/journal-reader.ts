import type {
  JournalCursor,
  JournalEntry,
  JournalNews,
  LoadedSaga,
  SagaHeader,
  SagaListQuery,
  SagaPage,
  StorageSummary,
} from '@nest-saga/core';
import { SagaStorageError } from '@nest-saga/core';
import { checkListLimit, checkListNames, encodeCursor } from '@nest-saga/core/storage-kit';
import { required } from './database/statement.js';
import type { Row, Statement, StatementRunner } from './database/statement.js';
import type { Tables } from './database/tables.js';
import { toJournalEntry } from './mapping/journal-entry-row.js';
import { toSagaHeader } from './mapping/saga-header-row.js';
import { toStorageSummary } from './mapping/storage-summary-rows.js';
import { findByKeyStatement, findStatement } from './statements/find.js';
import { listStatement } from './statements/list.js';
import { readJournalsStatement } from './statements/read-journals.js';
import type { ReadJournals } from './statements/read-journals.js';
import { summarizeStatement } from './statements/summarize.js';

/** Everything that is read and changes nothing. */
export class JournalReader {
  private readonly findById: Statement;
  private readonly findByName: Statement;
  private readonly summary: Statement;

  constructor(
    private readonly runner: StatementRunner,
    private readonly tables: Tables,
  ) {
    this.findById = findStatement(tables);
    this.findByName = findByKeyStatement(tables);
    this.summary = summarizeStatement(tables);
  }

  async find(sagaId: string): Promise<SagaHeader | undefined> {
    return headerOf(await this.runner.run('find', this.findById, [sagaId]));
  }

  async findByKey(saga: string, key: string): Promise<SagaHeader | undefined> {
    return headerOf(await this.runner.run('findByKey', this.findByName, [saga, key]));
  }

  async load(sagaId: string): Promise<LoadedSaga | undefined> {
    const [journal] = await this.readJournals('load', [{ sagaId, afterSeq: 0 }], 'all');
    return journal?.header === undefined ? undefined : { header: journal.header, entries: journal.entries };
  }

  async readNews(cursors: readonly JournalCursor[]): Promise<readonly JournalNews[]> {
    return cursors.length === 0 ? [] : this.readJournals('readNews', cursors, 'news');
  }

  async list(query: SagaListQuery): Promise<SagaPage> {
    checkListNames(query);
    const limit = checkListLimit(query.limit);
    const { statement, values } = listStatement(this.tables, query);
    const headers = (await this.runner.run('list', statement, values)).map(toSagaHeader);
    const sagas = headers.slice(0, limit);
    const last = sagas.at(-1);
    const hasMore = headers.length > sagas.length;
    return { sagas, nextCursor: hasMore && last !== undefined ? encodeCursor(last) : undefined };
  }

  async summarize(): Promise<StorageSummary> {
    return toStorageSummary(await this.runner.run('summarize', this.summary, []));
  }

  private async readJournals(
    operation: string,
    cursors: readonly JournalCursor[],
    which: ReadJournals,
  ): Promise<readonly JournalNews[]> {
    const { statement, values } = readJournalsStatement(this.tables, cursors, which);
    const rows = await this.runner.run(operation, statement, values);
    try {
      return toJournals(rows, which);
    } catch (cause) {
      throw new SagaStorageError(operation, 'refused', { cause });
    }
  }
}

function headerOf([row]: readonly Row[]): SagaHeader | undefined {
  return row === undefined ? undefined : toSagaHeader(row);
}

/**
 * The rows come in the order of the sagas, each with its header in its first row. News of a journal end where it cannot
 * be read on, so that they keep nobody from the news of the others.
 *
 * @throws TypeError where a whole journal cannot be read.
 */
function toJournals(rows: readonly Row[], which: ReadJournals): readonly JournalNews[] {
  const journals: (JournalNews & { readonly entries: JournalEntry[] })[] = [];
  let unreadable: string | undefined;
  for (const row of rows) {
    const sagaId = required(row, 'saga_id');
    let journal = journals.at(-1);
    if (journal?.sagaId !== sagaId) {
      journal = { sagaId, header: row['id'] === null ? undefined : toSagaHeader(row), entries: [] };
      journals.push(journal);
    }
    if (row['seq'] === null || unreadable === sagaId) continue;
    try {
      journal.entries.push(toJournalEntry(row));
    } catch (error) {
      if (which === 'all') throw error;
      unreadable = sagaId;
    }
  }
  return journals;
}
