import type {
  ClaimRequest,
  ListPosition,
  PurgeRequest,
  ReleaseRequest,
  SagaHeading,
  TakenSaga,
  WaitingListQuery,
} from '@nest-saga/core/storage-kit';
import {
  checkListLimit,
  checkListNames,
  checkPurgeRequest,
  encodeCursor,
  encodeWaitingCursor,
} from '@nest-saga/core/storage-kit';
import type {
  AppendRequest,
  NewSaga,
  SagaHeader,
  SagaIdentity,
  SagaListQuery,
  SagaPage,
  StorageSummary,
} from '@nest-saga/core';
import type { SelectQueryBuilder } from 'typeorm';
import { required } from '../postgres/statement.js';
import type { Row, Statement, StatementRunner } from '../postgres/statement.js';
import type { Tables } from '../postgres/tables.js';
import { SagaExecutionEntity } from '../entities/saga.entities.js';
import {
  headerColumns,
  headingColumns,
  toSagaHeader,
  toSagaHeading,
} from '../postgres/mapping/saga-header-row.js';
import { toTakenSaga } from '../postgres/mapping/taken-saga-row.js';
import { toStorageSummary } from '../postgres/mapping/storage-summary-rows.js';
import { changeHeaders } from '../postgres/statements/change-headers.js';
import type { WritePart } from '../postgres/statements/write-part.js';
import { claimOneStatement, claimStatement } from '../postgres/statements/claim.js';
import { purgeStatement } from '../postgres/statements/purge.js';
import { releaseExpiredStatement } from '../postgres/statements/release-expired.js';
import { releaseStatement } from '../postgres/statements/release.js';
import { lockRequested } from '../postgres/statements/lock-headers.js';
import { startSagas } from '../postgres/statements/start-sagas.js';
import { openStatuses } from '../postgres/statements/status-lists.js';
import { commonTagsQuery } from './common-tags-query.js';
import { narrowToQuery } from './narrow-to-query.js';
import { narrowToWaiting } from './narrow-to-waiting.js';
import { ReadOnlyRepository } from './read-only.repository.js';
import type { SagaDataSource } from './saga-data-source.js';
import { summaryQuery } from './summary-query.js';

/**
 * The sagas: the table `saga_execution`, one row each. Methods of TypeORM answer entities, those of this class the headers and
 * identities that `SagaOrchestrator` and the storage know. Writing methods reject with `SagaReadOnlyError`, and every
 * other one with `SagaStorageError` if the database cannot be read.
 */
export class SagaExecutionRepository extends ReadOnlyRepository<SagaExecutionEntity> {
  private readonly claimMany: Statement;
  private readonly claimOne: Statement;
  private readonly expire: Statement;

  /** @internal */
  constructor(
    private readonly dataSource: SagaDataSource,
    private readonly writes: StatementRunner,
    private readonly tables: Tables,
  ) {
    super(SagaExecutionEntity, dataSource.manager);
    this.claimMany = claimStatement(tables);
    this.claimOne = claimOneStatement(tables);
    this.expire = releaseExpiredStatement(tables);
  }

  /** The saga with this id, if there is one. */
  async findById(sagaId: string): Promise<SagaHeader | undefined> {
    const query = this.selectHeaders().where('header.id = :sagaId', { sagaId });
    return headerOf(await this.dataSource.read({ operation: 'find', name: 'find' }, query));
  }

  /** The execution of a saga that was started with this key, if there is one. */
  async findByKey(saga: string, key: string): Promise<SagaHeader | undefined> {
    const query = this.selectHeaders().where('header.sagaName = :saga AND header.sagaKey = :key', {
      saga,
      key,
    });
    return headerOf(await this.dataSource.read({ operation: 'findByKey', name: 'find_key' }, query));
  }

  /** @internal As `findById`, without the context. */
  async headingById(sagaId: string): Promise<SagaHeading | undefined> {
    const query = this.selectHeadings().where('header.id = :sagaId', { sagaId });
    return headingOf(await this.dataSource.read({ operation: 'find', name: 'heading' }, query));
  }

  /** @internal As `findByKey`, without the context. */
  async headingByKey(saga: string, key: string): Promise<SagaHeading | undefined> {
    const query = this.selectHeadings().where('header.sagaName = :saga AND header.sagaKey = :key', {
      saga,
      key,
    });
    return headingOf(await this.dataSource.read({ operation: 'findByKey', name: 'heading_key' }, query));
  }

  /**
   * One page of sagas without their contexts, the newest first unless the query has another order.
   *
   * @throws InvalidArgumentError for an unknown filter, a limit that is not from 1 to 1,000, or a cursor that no page
   * returned.
   */
  async list(query: SagaListQuery): Promise<SagaPage> {
    checkListNames(query);
    const limit = checkListLimit(query.limit);
    // One more row shows whether there is another page. The text depends on the query, and the best plan on the values.
    const hasRareTag =
      query.tags !== undefined && query.tags.length > 0 && (await this.isOneRare(query.tags));
    const select = narrowToQuery(this.selectHeadings(), query, this.tables, hasRareTag).limit(limit + 1);
    const rows = await this.dataSource.read({ operation: 'list', name: undefined }, select);
    return pageOf(rows, limit, encodeCursor);
  }

  /**
   * One page of the sagas that wait without an owner for something, without their contexts: by the name of the wait, then by
   * creation.
   *
   * @throws InvalidArgumentError for a limit that is not from 1 to 1,000, or a cursor that no page returned.
   */
  async listWaiting(query: WaitingListQuery): Promise<SagaPage> {
    const limit = checkListLimit(query.limit);
    const select = narrowToWaiting(this.selectHeadings(), query).limit(limit + 1);
    const rows = await this.dataSource.read({ operation: 'listWaiting', name: undefined }, select);
    return pageOf(rows, limit, (last) => encodeWaitingCursor({ ...last, name: last.waiting?.name ?? '' }));
  }

  /** The number of sagas that are open or stuck, by status, name and version, and the age of the oldest open one. */
  async summarize(): Promise<StorageSummary> {
    const read = { operation: 'summarize', name: 'summarize' };
    return toStorageSummary(await this.dataSource.read(read, summaryQuery(this)));
  }

  /**
   * The number of sagas that have no owner and are due by the clock of the database: those that the next claims find.
   */
  async countDue(): Promise<number> {
    const query = this.createQueryBuilder('header')
      .select('count(*)', 'count')
      .where(`header.owner IS NULL AND header.status IN (${openStatuses})`)
      .andWhere('header.nextRunAt <= clock_timestamp()');
    const [row] = await this.dataSource.read({ operation: 'countDue', name: 'count_due' }, query);
    return row === undefined ? 0 : Number(required(row, 'count'));
  }

  /** The ids of the open sagas that a worker owns. */
  async listOwned(worker: string): Promise<readonly string[]> {
    const query = this.createQueryBuilder('header')
      .select('header.id', 'id')
      .where('header.owner = :worker', { worker })
      .andWhere(`header.status IN (${openStatuses})`);
    const rows = await this.dataSource.read({ operation: 'listOwned', name: 'owned' }, query);
    return rows.map((row) => required(row, 'id'));
  }

  /** @internal Part of a grouped write, prepared, in binary arrays: escaped as text they cost more than all the rest of a write. */
  startsPart(starts: readonly NewSaga[]): WritePart {
    return startSagas(this.tables, starts);
  }

  /** @internal As `startsPart`. */
  locksPart(requests: readonly AppendRequest[]): WritePart {
    return lockRequested(this.tables, requests);
  }

  /** @internal As `startsPart`. */
  changesPart(appends: readonly AppendRequest[]): WritePart {
    return changeHeaders(this.tables, appends);
  }

  /** @internal One statement: lock, claim entry and header are one view, so that two workers never claim one saga. */
  async take(
    { worker, sagas, sagaId }: Pick<ClaimRequest, 'worker' | 'sagas' | 'sagaId'>,
    limit: number,
  ): Promise<readonly TakenSaga[]> {
    if (sagas.length === 0) return [];
    const values = [worker, ...namesAndVersions(sagas), limit];
    const rows =
      sagaId === undefined
        ? await this.writes.run('claim', this.claimMany, values)
        : await this.writes.run('claim', this.claimOne, [...values, sagaId]);
    return rows.map(toTakenSaga);
  }

  /** @internal One statement, durable at its commit. Resolves with the ids of the released sagas. */
  async release(requests: readonly ReleaseRequest[]): Promise<readonly string[]> {
    const { statement, values } = releaseStatement(this.tables, requests);
    return (await this.writes.run('release', statement, values)).map((row) => required(row, 'id'));
  }

  /** @internal One statement, durable at its commit. Resolves with the number of released sagas. */
  async releaseExpired(sagas: readonly SagaIdentity[], limit: number): Promise<number> {
    if (sagas.length === 0 || limit <= 0) return 0;
    const rows = await this.writes.run('releaseExpired', this.expire, [...namesAndVersions(sagas), limit]);
    return rows.length;
  }

  /** @internal One statement, durable at its commit. Resolves with the positions of the deleted sagas. */
  async purge(request: PurgeRequest): Promise<readonly ListPosition[]> {
    checkPurgeRequest(request);
    const { statement, values } = purgeStatement(this.tables, request);
    const rows = await this.writes.run('purge', statement, values);
    return rows.map((row) => ({
      sagaId: required(row, 'id'),
      createdAt: new Date(required(row, 'created_at')),
    }));
  }

  /** Whether one of these tags is not among those that the statistics of the table know as common. */
  private async isOneRare(tags: readonly string[]): Promise<boolean> {
    const query = commonTagsQuery(this.manager, this.tables, tags);
    const [row] = await this.dataSource.read({ operation: 'list', name: 'common_tags' }, query);
    return row?.['are_common'] !== 't';
  }

  private selectHeaders(): SelectQueryBuilder<SagaExecutionEntity> {
    return this.createQueryBuilder('header').select(headerColumns('header'));
  }

  private selectHeadings(): SelectQueryBuilder<SagaExecutionEntity> {
    return this.createQueryBuilder('header').select(headingColumns('header'));
  }
}

/** A page of rows, of which there is one more if there is another page. */
function pageOf(rows: readonly Row[], limit: number, cursorAfter: (last: SagaHeading) => string): SagaPage {
  const headings = rows.map(toSagaHeading);
  const sagas = headings.slice(0, limit);
  const last = sagas.at(-1);
  const hasMore = headings.length > sagas.length;
  return { sagas, nextCursor: hasMore && last !== undefined ? cursorAfter(last) : undefined };
}

function headerOf([row]: readonly Row[]): SagaHeader | undefined {
  return row === undefined ? undefined : toSagaHeader(row);
}

function headingOf([row]: readonly Row[]): SagaHeading | undefined {
  return row === undefined ? undefined : toSagaHeading(row);
}

function namesAndVersions(sagas: readonly SagaIdentity[]): readonly [readonly string[], readonly number[]] {
  return [sagas.map(({ saga }) => saga), sagas.map(({ version }) => version)];
}
