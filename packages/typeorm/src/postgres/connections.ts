import { noSurroundings } from '@nest-saga/core/storage-kit';
import type { GroupCommitLimits, Surroundings } from '@nest-saga/core/storage-kit';
import type { DataSource } from 'typeorm';
import { storageDefaults } from '../storage-option-table.js';
import type { SagaStorageLogger } from '../storage-option-table.js';
import type { TypeOrmSagaStorageOptions } from '../typeorm-saga-storage-options.js';
import { ApplicationPool } from './application-pool.js';
import { checkDriver } from './check-driver.js';
import { createOwnClient } from './own-client.js';
import { OwnConnection } from './own-connection.js';
import { PooledRunner } from './pooled-runner.js';
import type { RunnerSettings } from './pooled-runner.js';
import type { PostgresClient } from './postgres-client.js';
import { PreparedNames } from './prepared-names.js';
import { SideSessions } from './side-sessions.js';
import { StandbyWaits } from './standby-waits.js';
import type { StatementRunner } from './statement.js';
import { StatementCanceller } from './statement-canceller.js';
import type { WriteRunner } from './write-query.js';

/** The options of a storage for its connections. */
export type ConnectionOptions = Pick<
  TypeOrmSagaStorageOptions,
  'acquireTimeoutMs' | 'statementTimeoutMs' | 'prepareStatements' | 'logger'
>;

/**
 * The connections to the database: the application's pool, and connections beside it that do not depend on the pool.
 */
export class Connections {
  readonly pool: PooledRunner;
  /** For renewals of leases. */
  readonly heartbeat: OwnConnection;
  readonly groupLimits: GroupCommitLimits;
  /** For writes: refuses them while the maximum number of writes waits for a standby. */
  readonly writes: StatementRunner & WriteRunner;
  private readonly sideSessions = new SideSessions(() => this.createClient('cancel'));
  private readonly standbyWaits: StandbyWaits;
  private wasInitializedHere = false;
  private readonly applicationPool: ApplicationPool;
  private settings = settingsOf({});
  private logger: SagaStorageLogger | undefined;
  private runShared = noSurroundings.run;

  constructor(private readonly dataSource: DataSource) {
    this.applicationPool = new ApplicationPool(dataSource);
    this.applicationPool.onChange(() => this.heartbeat.renew());
    const runShared: Surroundings['run'] = (work) => this.runShared(work);
    this.standbyWaits = new StandbyWaits(
      this.sideSessions,
      (message) => this.logger?.warn(message),
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
      () => this.settings,
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
      maximumInFlight: poolSizeOf(dataSource) >= 4 ? 2 : 1,
      maximumRows: 500,
      minimumSplitRows: 16,
      maximumCharacters: 4_000_000,
    };
  }

  /** Applies the options of a storage. Before that the defaults apply. */
  configure(options: ConnectionOptions, runShared: Surroundings['run']): void {
    this.settings = settingsOf(options);
    this.logger = options.logger;
    this.runShared = runShared;
  }

  /** Initializes the data source, if it is not initialized yet. */
  async open(): Promise<void> {
    if (!this.dataSource.isInitialized) {
      await this.dataSource.initialize();
      this.wasInitializedHere = true;
    }
    checkDriver(this.applicationPool.get());
  }

  /** Calls the listener when the application has a new pool. */
  onPoolChange(listener: () => void): void {
    this.applicationPool.onChange(listener);
  }

  /** The application's pool, if it has an idle connection. */
  get idlePool(): PooledRunner | undefined {
    return this.applicationPool.get().idleCount > 0 ? this.pool : undefined;
  }

  /** The size of the application's pool. */
  get poolSize(): number {
    return poolSizeOf(this.dataSource);
  }

  /** How long a connection of the pool is waited for, in milliseconds. */
  get acquireTimeoutMs(): number {
    return this.settings.acquireMs;
  }

  /** Ends a session of the server, in the background. */
  terminate(backend: number): void {
    const text = 'SELECT pg_terminate_backend($1::integer)';
    this.runShared(() => void this.sideSessions.ask({ name: undefined, text }, [backend]));
  }

  /** How long a statement may take, in milliseconds. */
  get statementTimeoutMs(): number {
    return this.settings.statementMs;
  }

  /** The reason why no write is possible at the moment; undefined if there is none. */
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

function settingsOf(options: ConnectionOptions): RunnerSettings {
  const {
    acquireTimeoutMs = storageDefaults.acquireTimeoutMs,
    statementTimeoutMs = storageDefaults.statementTimeoutMs,
    prepareStatements = storageDefaults.prepareStatements,
  } = options;
  return {
    names: new PreparedNames(prepareStatements),
    acquireMs: acquireTimeoutMs,
    statementMs: statementTimeoutMs,
  };
}

function poolSizeOf({ options }: DataSource): number {
  const { poolSize, extra } = options as {
    readonly poolSize?: number;
    readonly extra?: { readonly max?: number };
  };
  return extra?.max ?? poolSize ?? 10;
}
