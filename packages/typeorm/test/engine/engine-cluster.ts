import type { DeclaredSaga, LoadedSaga, SagaStorage } from '@nest-saga/core';
import type { SagaWorkerSettings } from '@nest-saga/core/engine';
import { describeEntry, SimulatedProcess } from '@nest-saga/testing';
import type { TypeOrmSagaStorageOptions } from '../../src/typeorm-saga-storage-options.js';
import { createTestDatabase } from '../test-database.js';
import type { TestDatabase } from '../test-database.js';
import { until } from '../until.js';
import { RealClock } from './real-clock.js';

/** What can be said about one process of a cluster. */
export interface EngineProcessOptions extends SagaWorkerSettings {
  readonly worker?: boolean;
  /** How far the wall clock of the process is ahead, in milliseconds. @default 0 */
  readonly clockAheadMs?: number;
  readonly storage?: Partial<TypeOrmSagaStorageOptions>;
  /** Stands between the engine and its storage. */
  readonly surround?: (storage: SagaStorage) => SagaStorage;
}

/**
 * Engines on one PostgreSQL database, each with a data source and connections of its own, as processes have. Leases
 * are long, so that a slow machine loses none; a crash ends the lease by hand and not by time.
 */
export class EngineCluster {
  private readonly clock = new RealClock();
  private readonly alive = new Set<SimulatedProcess>();
  private count = 0;

  private constructor(readonly database: TestDatabase) {}

  static async create(): Promise<EngineCluster> {
    return new EngineCluster(await createTestDatabase());
  }

  /** A further process, opened, that knows these sagas. */
  async startProcess(
    sagas: readonly DeclaredSaga[],
    { storage: storageOptions, surround, clockAheadMs = 0, ...options }: EngineProcessOptions = {},
  ): Promise<SimulatedProcess> {
    const number = ++this.count;
    const storage = await this.database.openStorage(storageOptions);
    const process = new SimulatedProcess({
      watchIntervalMs: 100,
      shutdownTimeoutMs: 100,
      abortGraceMs: 100,
      ...options,
      recovery: { intervalMs: 100, ...options.recovery },
      sagas,
      storage: surround?.(storage) ?? storage,
      clock: clockAheadMs === 0 ? this.clock : new RealClock(clockAheadMs),
      number,
    });
    await process.engine.open();
    this.alive.add(process);
    return process;
  }

  /** Ends a process at once, and its lease with it. */
  async crash(process: SimulatedProcess): Promise<void> {
    const { worker } = process.engine.worker.lease;
    this.kill(process);
    await this.database.query('UPDATE saga.saga_worker SET expires_at = clock_timestamp() WHERE id = $1', [
      worker,
    ]);
  }

  /** Shuts a process down in an orderly way. */
  async stop(process: SimulatedProcess): Promise<void> {
    this.alive.delete(process);
    await process.engine.close();
  }

  /** Ends a process at once; its lease ends with time. */
  kill(process: SimulatedProcess): void {
    process.kill();
    this.alive.delete(process);
  }

  /** The saga as it is stored. */
  async load(sagaId: string): Promise<LoadedSaga> {
    const loaded = await this.read((storage) => storage.load(sagaId));
    if (loaded === undefined) throw new Error(`no saga ${sagaId} is stored`);
    return loaded;
  }

  /** What happened to a saga, in words. */
  async journalOf(sagaId: string): Promise<readonly string[]> {
    return (await this.load(sagaId)).entries.map(describeEntry);
  }

  /** Waits until the journal of a saga ends with this entry. */
  async untilJournalEndsWith(sagaId: string, entry: string): Promise<void> {
    await until(`"${entry}" at the end of the journal`, async () => {
      return (await this.journalOf(sagaId)).at(-1) === entry;
    });
  }

  /** Closes every process that was not ended, and drops the database. */
  async close(): Promise<void> {
    for (const process of this.alive) await process.engine.close();
    await this.database.close();
  }

  private reader: Promise<SagaStorage> | undefined;

  private async read<Answer>(call: (storage: SagaStorage) => Promise<Answer>): Promise<Answer> {
    this.reader ??= this.database.openStorage({ hints: false });
    return call(await this.reader);
  }
}
