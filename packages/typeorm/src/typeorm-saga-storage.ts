import { SagaStorageError } from '@nest-saga/core';
import type {
  AppendRequest,
  AppendResult,
  ClaimRequest,
  JournalCursor,
  JournalNews,
  LoadedSaga,
  NewSaga,
  ReleaseRequest,
  SagaHeader,
  SagaIdentity,
  SagaListQuery,
  SagaPage,
  SagaStorage,
  StartResult,
  StorageSummary,
} from '@nest-saga/core';
import { Connections } from './database/connections.js';
import { defaultSchema } from './database/schema-name.js';
import { required } from './database/statement.js';
import { tablesOf } from './database/tables.js';
import type { Tables } from './database/tables.js';
import { GroupCommit } from './group-commit.js';
import { JournalReader } from './journal-reader.js';
import { checkSchema } from './migrations/check-schema.js';
import { Migrator } from './migrations/migrator.js';
import { SagaClaims } from './saga-claims.js';
import { CheckpointStatement } from './statements/checkpoint.js';
import type { TypeOrmSagaStorageOptions } from './typeorm-saga-storage-options.js';
import { WorkerRows } from './worker-rows.js';

/**
 * Sagas in PostgreSQL, over the application's own TypeORM data source: shared by as many processes as use the same
 * database and schema, and safe against the crash of any of them.
 */
export class TypeOrmSagaStorage implements SagaStorage {
  private readonly tables: Tables;
  private readonly connections: Connections;
  private readonly migrator: Migrator;
  private readonly writes: GroupCommit;
  private readonly reader: JournalReader;
  private readonly claims: SagaClaims;
  private readonly workers: WorkerRows;

  /** @throws InvalidArgumentError for a schema name that is not one. */
  constructor(private readonly options: TypeOrmSagaStorageOptions) {
    const tables = tablesOf(options.schema ?? defaultSchema);
    this.tables = tables;
    const checkpoint = new CheckpointStatement(tables);
    const connections = new Connections(options, tables);
    this.connections = connections;
    this.migrator = new Migrator(tables.schemaName, () => connections.createMigrationClient());
    this.writes = new GroupCommit(async (group) => {
      const { statement, values } = checkpoint.bind(group);
      const rows = await connections.pool.run('write', statement, values);
      return new Set(rows.map((row) => required(row, 'id')));
    }, connections.groupLimits);
    this.reader = new JournalReader(connections.pool, tables);
    this.claims = new SagaClaims(connections.pool, tables);
    this.workers = new WorkerRows(connections.heartbeat, tables);
  }

  async open(): Promise<void> {
    await this.connections.open();
    const inProduction = process.env['NODE_ENV'] === 'production';
    await this.migrator.prepare(this.options.migrations ?? (inProduction ? 'check' : 'auto'));
  }

  async close(): Promise<void> {
    await this.writes.drained();
    await this.connections.close();
  }

  check(): Promise<void> {
    return checkSchema(this.connections.pool, this.tables);
  }

  async start(saga: NewSaga): Promise<StartResult> {
    // What was in the way can be gone when it is looked for: then the way is free.
    for (let attempt = 1; attempt <= 3; attempt++) {
      if (await this.writes.submit({ kind: 'start', saga })) return { kind: 'started' };
      const header = await this.findTaken(saga);
      if (header !== undefined) return { kind: 'exists', header };
    }
    throw new SagaStorageError('start', 'not-written');
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    return (await this.writes.submit({ kind: 'append', request })) ? 'stored' : 'fenced';
  }

  find(sagaId: string): Promise<SagaHeader | undefined> {
    return this.reader.find(sagaId);
  }

  findByKey(saga: string, key: string): Promise<SagaHeader | undefined> {
    return this.reader.findByKey(saga, key);
  }

  load(sagaId: string): Promise<LoadedSaga | undefined> {
    return this.reader.load(sagaId);
  }

  readNews(cursors: readonly JournalCursor[]): Promise<readonly JournalNews[]> {
    return this.reader.readNews(cursors);
  }

  list(query: SagaListQuery): Promise<SagaPage> {
    return this.reader.list(query);
  }

  summarize(): Promise<StorageSummary> {
    return this.reader.summarize();
  }

  registerWorker(worker: string, leaseDurationMs: number): Promise<void> {
    return this.workers.register(worker, leaseDurationMs);
  }

  renewWorker(worker: string, leaseDurationMs: number): Promise<boolean> {
    return this.workers.renew(worker, leaseDurationMs);
  }

  removeWorker(worker: string): Promise<void> {
    return this.workers.remove(worker);
  }

  claim(request: ClaimRequest): Promise<readonly LoadedSaga[]> {
    return this.claims.claim(request);
  }

  releaseExpired(sagas: readonly SagaIdentity[], limit: number): Promise<number> {
    return this.claims.releaseExpired(sagas, limit);
  }

  async release(requests: readonly ReleaseRequest[]): Promise<void> {
    await this.claims.release(requests);
  }

  listOwned(worker: string): Promise<readonly string[]> {
    return this.claims.listOwned(worker);
  }

  private async findTaken({ sagaId, saga, key }: NewSaga): Promise<SagaHeader | undefined> {
    const byId = await this.reader.find(sagaId);
    if (byId !== undefined || key === undefined) return byId;
    return this.reader.findByKey(saga, key);
  }
}
