import { randomUUID } from 'node:crypto';
import type { LoadedSaga } from '@nest-saga/core';
import { createDatabase, dropDatabase } from '@nest-saga/embedded-postgres';
import { TypeOrmSagaStorage } from '@nest-saga/typeorm';
import { DataSource } from 'typeorm';
import { buildLabProcess } from './build-lab-process.js';
import type { LabProgram } from './build-lab-process.js';
import { LabChild } from './lab-child.js';
import type { LabProcessSettings } from './lab-messages.js';
import { OutsideWorld } from './outside-world.js';
import { pause } from './wait.js';

const answerLimitMs = 30_000;

/** Two processes that finish the sagas of others. */
export type Rescuers = readonly [LabChild, LabChild];

/** Two databases, the program of the processes, and everything that has to be closed at the end. */
export class Laboratory {
  private readonly children: LabChild[] = [];

  private constructor(
    private readonly program: LabProgram,
    private readonly worldServerUrl: string,
    private readonly worldName: string,
    private readonly worldUrl: string,
    readonly world: OutsideWorld,
    /** The database of the storage, without the proxy. */
    readonly databaseUrl: string,
    private readonly dataSource: DataSource,
    private readonly storage: TypeOrmSagaStorage,
    private readonly dropStorage: () => Promise<void>,
    private readonly saboteur: string | undefined,
  ) {}

  /**
   * Creates the databases and builds the program.
   *
   * @param storageServerUrl The server for the sagas, which has the faults.
   * @param worldServerUrl The server for the outside world, which has none.
   * @param saboteur The deliberate mistake in the code of every process.
   */
  static async open(
    storageServerUrl: string,
    worldServerUrl: string,
    saboteur?: string,
  ): Promise<Laboratory> {
    const name = `lab_${randomUUID().replaceAll('-', '')}`;
    const databaseUrl = await createDatabase(storageServerUrl, name);
    const worldName = `${name}_world`;
    const worldUrl = await createDatabase(worldServerUrl, worldName);
    const world = new OutsideWorld(worldUrl);
    await world.create();
    const program = await buildLabProcess();
    const dataSource = new DataSource({
      type: 'postgres',
      url: databaseUrl,
      poolSize: 4,
      poolErrorHandler: () => undefined,
    });
    await dataSource.initialize();
    const storage = new TypeOrmSagaStorage({ dataSource, migrations: 'auto', hints: false });
    await storage.open();
    return new Laboratory(
      program,
      worldServerUrl,
      worldName,
      worldUrl,
      world,
      databaseUrl,
      dataSource,
      storage,
      () => dropDatabase(storageServerUrl, name),
      saboteur,
    );
  }

  /** Starts a process; it is `ready` when it answers questions. */
  start(
    settings: Omit<LabProcessSettings, 'databaseUrl' | 'worldUrl'> & { readonly databaseUrl?: string },
  ): LabChild {
    const child = new LabChild(this.program.file, {
      databaseUrl: this.databaseUrl,
      worldUrl: this.worldUrl,
      ...(this.saboteur === undefined ? {} : { saboteur: this.saboteur }),
      ...settings,
    });
    this.children.push(child);
    return child;
  }

  /** Starts the two processes that finish the sagas of others, and waits until they answer questions. */
  async startRescuers(): Promise<Rescuers> {
    const rescuers = [this.start({ name: 'rescuer 1' }), this.start({ name: 'rescuer 2' })] as const;
    await Promise.all(rescuers.map(({ ready }) => ready));
    return rescuers;
  }

  /** Processes that ended without being killed, one line each. */
  get unplannedEnds(): readonly string[] {
    return this.children.map(({ unplannedEnd }) => unplannedEnd).filter((end) => end !== undefined);
  }

  /** One saga as it is stored at the moment. */
  read(sagaId: string): Promise<LoadedSaga | undefined> {
    return this.storage.load(sagaId);
  }

  /** All stored sagas. */
  async readSagas(): Promise<readonly LoadedSaga[]> {
    const { storage } = this;
    const sagas: LoadedSaga[] = [];
    let cursor: string | undefined;
    do {
      const page = await storage.list({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
      const loaded = await Promise.all(page.sagas.map(({ sagaId }) => storage.load(sagaId)));
      sagas.push(...loaded.filter((saga) => saga !== undefined));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return sagas;
  }

  /** The sagas that were started last. */
  async readNewest(count: number): Promise<readonly LoadedSaga[]> {
    const { sagas } = await this.storage.list({ limit: count });
    const loaded = await Promise.all(sagas.map(({ sagaId }) => this.storage.load(sagaId)));
    return loaded.filter((saga) => saga !== undefined);
  }

  /** The open sagas whose owner in the storage is this process. */
  async ownedBy(process: string): Promise<readonly string[]> {
    const rows = await this.query<{ readonly id: string }>(
      `SELECT id::text FROM saga.saga_execution
       WHERE owner = ANY ($1) AND status NOT IN ('completed', 'failed')`,
      [await this.world.workersOf(process)],
    );
    return rows.map(({ id }) => id);
  }

  /** Whether the last claim of one of these sagas, which this process owned, is by another process. */
  async haveChangedHands(sagaIds: readonly string[], process: string): Promise<boolean> {
    const claims = await this.query<{ readonly worker: string }>(
      `SELECT DISTINCT ON (saga_id) worker FROM saga.saga_log
       WHERE saga_id = ANY ($1) AND kind = 'claimed' ORDER BY saga_id, seq DESC`,
      [sagaIds],
    );
    const own = await this.world.workersOf(process);
    return claims.some(({ worker }) => !own.includes(worker));
  }

  /** Whether a saga has no living owner. */
  async isOrphaned(sagaId: string): Promise<boolean> {
    const owned = await this.query(
      `SELECT FROM saga.saga_execution e JOIN saga.saga_worker w ON w.id = e.owner
       WHERE e.id = $1 AND w.expires_at > clock_timestamp()`,
      [sagaId],
    );
    return owned.length === 0;
  }

  async close(): Promise<void> {
    await Promise.all(this.children.map((child) => child.kill()));
    await this.storage.close();
    await this.dataSource.destroy();
    await this.world.close();
    await this.program.remove();
    await this.dropStorage();
    await dropDatabase(this.worldServerUrl, this.worldName);
  }

  /** Repeats a query until it is answered: the database may have a fault. */
  private async query<Row>(statement: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const deadline = performance.now() + answerLimitMs;
    for (;;) {
      try {
        return await this.dataSource.query<readonly Row[]>(statement, [...values]);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await pause(50);
      }
    }
  }
}
