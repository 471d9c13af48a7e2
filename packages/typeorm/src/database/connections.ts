import type { DataSource } from 'typeorm';
import type { GroupCommitLimits } from '../group-commit.js';
import type { TypeOrmSagaStorageOptions } from '../typeorm-saga-storage-options.js';
import { OwnConnection } from './own-connection.js';
import { PooledRunner } from './pooled-runner.js';
import { createOwnClient, poolOf } from './postgres-client.js';
import type { PostgresClient } from './postgres-client.js';
import { PreparedNames } from './prepared-names.js';
import type { Statement } from './statement.js';
import type { Tables } from './tables.js';

/** How long a statement on a connection beside the pool may take, in milliseconds. */
export const ownTimeoutMs = 5_000;

/** The ways to the database: the application's pool, and connections beside it that the pool cannot starve. */
export class Connections {
  readonly pool: PooledRunner;
  /** For proofs of life, and for stopping what nobody waits for any more. */
  readonly heartbeat: OwnConnection;
  readonly groupLimits: GroupCommitLimits;
  private readonly dataSource: DataSource;
  private wasInitializedHere = false;

  constructor(options: TypeOrmSagaStorageOptions, { schemaName }: Tables) {
    const { dataSource, acquireTimeoutMs = 5_000, statementTimeoutMs = 10_000 } = options;
    this.dataSource = dataSource;
    this.heartbeat = new OwnConnection(() => this.createClient('heartbeat', ownTimeoutMs));
    this.pool = new PooledRunner(
      dataSource,
      new PreparedNames(schemaName, options.prepareStatements ?? true),
      { acquireMs: acquireTimeoutMs, statementMs: statementTimeoutMs },
      (backend) => this.cancel(backend),
    );
    this.groupLimits = {
      statementsInFlight: poolSizeOf(dataSource) >= 4 ? 2 : 1,
      rowsInStatement: 500,
      sizeOfStatement: 4_000_000,
    };
  }

  /** Connects the data source, if nobody has. */
  async open(): Promise<void> {
    if (this.dataSource.isInitialized) return;
    await this.dataSource.initialize();
    this.wasInitializedHere = true;
  }

  async close(): Promise<void> {
    await this.heartbeat.close();
    if (this.wasInitializedHere) await this.dataSource.destroy();
  }

  /** A client beside the pool that is not connected yet. @param timeoutMs Of its statements; 0 for none. */
  createClient(purpose: string, timeoutMs: number): PostgresClient {
    return createOwnClient(poolOf(this.dataSource), `nest-saga ${purpose}`, timeoutMs);
  }

  /** The connection is gone, but the backend may wait for a lock and do its work long after it was given up. */
  private cancel(backend: number): void {
    this.heartbeat.run('cancel', cancelStatement, [backend], ownTimeoutMs).catch(() => undefined);
  }
}

const cancelStatement: Statement = { name: 'cancel', text: 'SELECT pg_cancel_backend($1::integer)' };

function poolSizeOf({ options }: DataSource): number {
  const { poolSize, extra } = options as {
    readonly poolSize?: number;
    readonly extra?: { readonly max?: number };
  };
  return extra?.max ?? poolSize ?? 10;
}
