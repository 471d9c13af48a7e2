import type { DataSource } from 'typeorm';
import type { GroupCommitLimits } from '../group-commit.js';
import type { TypeOrmSagaStorageOptions } from '../typeorm-saga-storage-options.js';
import { OwnConnection } from './own-connection.js';
import { guardErrors, PooledRunner } from './pooled-runner.js';
import { createOwnClient, poolOf } from './postgres-client.js';
import type { PostgresClient, PostgresPool } from './postgres-client.js';
import { PreparedNames } from './prepared-names.js';
import { StatementCanceller } from './statement-canceller.js';
import type { Tables } from './tables.js';

/** How long a statement on a connection beside the pool may take, in milliseconds. */
export const ownTimeoutMs = 5_000;

/** The ways to the database: the application's pool, and connections beside it that the pool cannot starve. */
export class Connections {
  readonly pool: PooledRunner;
  /** For proofs of life. */
  readonly heartbeat: OwnConnection;
  readonly groupLimits: GroupCommitLimits;
  private readonly canceller = new StatementCanceller(() => this.createClient('cancel', ownTimeoutMs));
  private readonly dataSource: DataSource;
  private wasInitializedHere = false;
  private guardedPool: PostgresPool | undefined;

  constructor(options: TypeOrmSagaStorageOptions, { schemaName }: Tables) {
    const { dataSource, acquireTimeoutMs = 5_000, statementTimeoutMs = 10_000 } = options;
    this.dataSource = dataSource;
    this.heartbeat = new OwnConnection(() => this.createClient('heartbeat', ownTimeoutMs));
    this.pool = new PooledRunner(
      () => poolOf(dataSource),
      new PreparedNames(schemaName, options.prepareStatements ?? true),
      { acquireMs: acquireTimeoutMs, statementMs: statementTimeoutMs },
      (backend) => this.canceller.cancel(backend),
    );
    this.groupLimits = {
      statementsInFlight: poolSizeOf(dataSource) >= 4 ? 2 : 1,
      rowsInStatement: 500,
      sizeOfStatement: 4_000_000,
    };
  }

  /** Connects the data source, if nobody has. */
  async open(): Promise<void> {
    if (!this.dataSource.isInitialized) {
      await this.dataSource.initialize();
      this.wasInitializedHere = true;
    }
    this.guardedPool = poolOf(this.dataSource);
    // A server may end a connection right when it is made, before it was handed out.
    this.guardedPool.on('connect', guardErrors);
  }

  async close(): Promise<void> {
    await Promise.all([this.heartbeat.close(), this.canceller.close()]);
    this.guardedPool?.removeListener('connect', guardErrors);
    if (this.wasInitializedHere) await this.dataSource.destroy();
  }

  /** A client beside the pool that is not connected yet. @param timeoutMs Of its statements; 0 for none. */
  createClient(purpose: string, timeoutMs: number): PostgresClient {
    return createOwnClient(poolOf(this.dataSource), `nest-saga ${purpose}`, timeoutMs);
  }
}

function poolSizeOf({ options }: DataSource): number {
  const { poolSize, extra } = options as {
    readonly poolSize?: number;
    readonly extra?: { readonly max?: number };
  };
  return extra?.max ?? poolSize ?? 10;
}
