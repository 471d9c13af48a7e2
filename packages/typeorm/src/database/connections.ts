import type { Surroundings } from '@nest-saga/core/storage-kit';
import type { DataSource } from 'typeorm';
import type { GroupCommitLimits } from '../group-commit.js';
import { storageDefaults } from '../storage-option-table.js';
import type { TypeOrmSagaStorageOptions } from '../typeorm-saga-storage-options.js';
import { ApplicationPool } from './application-pool.js';
import { checkDriver } from './check-driver.js';
import { createOwnClient } from './own-client.js';
import { OwnConnection } from './own-connection.js';
import { PooledRunner } from './pooled-runner.js';
import type { PostgresClient } from './postgres-client.js';
import { PreparedNames } from './prepared-names.js';
import { SideSessions } from './side-sessions.js';
import { StandbyWaits } from './standby-waits.js';
import type { StatementRunner } from './statement.js';
import { StatementCanceller } from './statement-canceller.js';

/** The ways to the database: the application's pool, and connections beside it that the pool cannot starve. */
export class Connections {
  readonly pool: PooledRunner;
  /** For proofs of life. */
  readonly heartbeat: OwnConnection;
  readonly groupLimits: GroupCommitLimits;
  /** For what writes: sends nothing while as many writes as may wait for a standby. */
  readonly writes: StatementRunner & Pick<PooledRunner, 'write'>;
  private readonly sideSessions = new SideSessions(() => this.createClient('cancel'));
  private readonly standbyWaits: StandbyWaits;
  private readonly dataSource: DataSource;
  private wasInitializedHere = false;
  private readonly applicationPool: ApplicationPool;

  constructor(options: TypeOrmSagaStorageOptions, runShared: Surroundings['run']) {
    const {
      dataSource,
      acquireTimeoutMs = storageDefaults.acquireTimeoutMs,
      statementTimeoutMs = storageDefaults.statementTimeoutMs,
      prepareStatements = storageDefaults.prepareStatements,
    } = options;
    this.dataSource = dataSource;
    this.applicationPool = new ApplicationPool(dataSource);
    this.applicationPool.onChange(() => this.heartbeat.renew());
    this.standbyWaits = new StandbyWaits(
      this.sideSessions,
      (message) => options.logger?.warn(message),
      runShared,
    );
    const canceller = new StatementCanceller(this.sideSessions, this.standbyWaits);
    const cancel = (backend: number, text: string): void => runShared(() => canceller.cancel(backend, text));
    this.heartbeat = new OwnConnection(() => this.createClient('heartbeat'), runShared, {
      beforeEach: (operation) => this.standbyWaits.checkRoom(operation),
      onAbandoned: cancel,
    });
    this.pool = new PooledRunner(
      () => this.applicationPool.get(),
      new PreparedNames(prepareStatements),
      { acquireMs: acquireTimeoutMs, statementMs: statementTimeoutMs },
      cancel,
    );
    this.writes = {
      run: async (operation, statement, values) => {
        this.standbyWaits.checkRoom(operation);
        return this.pool.run(operation, statement, values);
      },
      write: async (statement, values) => {
        this.standbyWaits.checkRoom('write');
        return this.pool.write(statement, values);
      },
    };
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
    checkDriver(this.applicationPool.get());
  }

  /** Calls back where the application's pool is another one than before. */
  onPoolChange(listener: () => void): void {
    this.applicationPool.onChange(listener);
  }

  /** The application's pool, where it can give a connection without waiting and without making one. */
  get idlePool(): PooledRunner | undefined {
    return this.applicationPool.get().idleCount > 0 ? this.pool : undefined;
  }

  /** Why nothing can be written now; undefined where there is no reason. */
  get problem(): string | undefined {
    return this.standbyWaits.problem;
  }

  async close(): Promise<void> {
    this.standbyWaits.close();
    await Promise.all([this.heartbeat.close(), this.sideSessions.close()]);
    this.applicationPool.release();
    if (this.wasInitializedHere && this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /** A client beside the pool that is not connected yet. */
  createClient(purpose: string): PostgresClient {
    return createOwnClient(this.applicationPool.get(), `nest-saga ${purpose}`);
  }
}

function poolSizeOf({ options }: DataSource): number {
  const { poolSize, extra } = options as {
    readonly poolSize?: number;
    readonly extra?: { readonly max?: number };
  };
  return extra?.max ?? poolSize ?? 10;
}
