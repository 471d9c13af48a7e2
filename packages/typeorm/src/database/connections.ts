import type { Surroundings } from '@nest-saga/core';
import type { DataSource } from 'typeorm';
import type { GroupCommitLimits } from '../group-commit.js';
import type { TypeOrmSagaStorageOptions } from '../typeorm-saga-storage-options.js';
import { OwnConnection } from './own-connection.js';
import { guardErrors, PooledRunner } from './pooled-runner.js';
import { createOwnClient, poolOf } from './postgres-client.js';
import type { PostgresClient, PostgresPool } from './postgres-client.js';
import { PreparedNames } from './prepared-names.js';
import { StatementCanceller } from './statement-canceller.js';

/** The ways to the database: the application's pool, and connections beside it that the pool cannot starve. */
export class Connections {
  readonly pool: PooledRunner;
  /** For proofs of life. */
  readonly heartbeat: OwnConnection;
  readonly groupLimits: GroupCommitLimits;
  private readonly canceller = new StatementCanceller(() => this.createClient('cancel'));
  private readonly dataSource: DataSource;
  private wasInitializedHere = false;
  private openPool: PostgresPool | undefined;

  constructor(options: TypeOrmSagaStorageOptions, runShared: Surroundings['run']) {
    const { dataSource, acquireTimeoutMs = 5_000, statementTimeoutMs = 10_000 } = options;
    this.dataSource = dataSource;
    this.heartbeat = new OwnConnection(() => this.createClient('heartbeat'), runShared);
    this.pool = new PooledRunner(
      () => this.getPool(),
      new PreparedNames(options.prepareStatements ?? true),
      { acquireMs: acquireTimeoutMs, statementMs: statementTimeoutMs },
      (backend, text) => runShared(() => this.canceller.cancel(backend, text)),
    );
    this.groupLimits = {
      statementsInFlight: poolSizeOf(dataSource) >= 4 ? 2 : 1,
      rowsInStatement: 500,
      rowsWorthAStatement: 16,
      sizeOfStatement: 4_000_000,
    };
  }

  /** Connects the data source, if nobody has. */
  async open(): Promise<void> {
    if (!this.dataSource.isInitialized) {
      await this.dataSource.initialize();
      this.wasInitializedHere = true;
    }
    this.openPool = poolOf(this.dataSource);
    // A server may end a connection right when it is made, before it was handed out.
    this.openPool.on('connect', guardErrors);
  }

  /** The application's pool, where it can give a connection without waiting and without making one. */
  get idlePool(): PooledRunner | undefined {
    return this.getPool().idleCount > 0 ? this.pool : undefined;
  }

  async close(): Promise<void> {
    await Promise.all([this.heartbeat.close(), this.canceller.close()]);
    this.openPool?.removeListener('connect', guardErrors);
    if (this.wasInitializedHere) await this.dataSource.destroy();
  }

  /** A client beside the pool that is not connected yet. */
  createClient(purpose: string): PostgresClient {
    return createOwnClient(this.getPool(), `nest-saga ${purpose}`);
  }

  /** The pool as it was when the storage was opened: a data source that was closed since has forgotten it. */
  private getPool(): PostgresPool {
    return this.openPool ?? poolOf(this.dataSource);
  }
}

function poolSizeOf({ options }: DataSource): number {
  const { poolSize, extra } = options as {
    readonly poolSize?: number;
    readonly extra?: { readonly max?: number };
  };
  return extra?.max ?? poolSize ?? 10;
}
