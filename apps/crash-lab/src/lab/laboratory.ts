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

/** Two databases, the program of the processes, and what has to be taken down in the end. */
export class Laboratory {
  private readonly children: LabChild[] = [];

  private constructor(
    private readonly program: LabProgram,
    private readonly worldServerUrl: string,
    private readonly worldName: string,
    private readonly worldUrl: string,
    readonly world: OutsideWorld,
    /** Of the storage, as seen from here. */
    readonly databaseUrl: string,
    private readonly dropStorage: () => Promise<void>,
  ) {}

  /**
   * @param storageServerUrl Where the sagas are stored: the server that is to suffer.
   * @param worldServerUrl Where the outside world is kept: a server that does not.
   */
  static async open(storageServerUrl: string, worldServerUrl: string): Promise<Laboratory> {
    const name = `lab_${randomUUID().replaceAll('-', '')}`;
    const databaseUrl = await createDatabase(storageServerUrl, name);
    const worldName = `${name}_world`;
    const worldUrl = await createDatabase(worldServerUrl, worldName);
    const world = new OutsideWorld(worldUrl);
    await world.create();
    const program = await buildLabProcess();
    const drop = (): Promise<void> => dropDatabase(storageServerUrl, name);
    const laboratory = new Laboratory(program, worldServerUrl, worldName, worldUrl, world, databaseUrl, drop);
    await laboratory.withStorage(() => Promise.resolve());
    return laboratory;
  }

  /** Starts a process; it is `ready` once it can be asked. */
  start(
    settings: Omit<LabProcessSettings, 'databaseUrl' | 'worldUrl'> & { readonly databaseUrl?: string },
  ): LabChild {
    const child = new LabChild(this.program.file, {
      databaseUrl: this.databaseUrl,
      worldUrl: this.worldUrl,
      ...settings,
    });
    this.children.push(child);
    return child;
  }

  /** Processes that ended, and that nobody killed, one line each. */
  get unplannedEnds(): readonly string[] {
    return this.children.map(({ unplannedEnd }) => unplannedEnd).filter((end) => end !== undefined);
  }

  /** Everything that is stored. */
  readSagas(): Promise<readonly LoadedSaga[]> {
    return this.withStorage(async (storage) => {
      const sagas: LoadedSaga[] = [];
      let cursor: string | undefined;
      do {
        const page = await storage.list({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
        const loaded = await Promise.all(page.sagas.map(({ sagaId }) => storage.load(sagaId)));
        sagas.push(...loaded.filter((saga) => saga !== undefined));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return sagas;
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.children.map((child) => child.kill()));
    await this.world.close();
    await this.program.remove();
    await this.dropStorage();
    await dropDatabase(this.worldServerUrl, this.worldName);
  }

  private async withStorage<Result>(use: (storage: TypeOrmSagaStorage) => Promise<Result>): Promise<Result> {
    const dataSource = new DataSource({ type: 'postgres', url: this.databaseUrl, poolSize: 4 });
    await dataSource.initialize();
    const storage = new TypeOrmSagaStorage({ dataSource, migrations: 'auto', hints: false });
    try {
      await storage.open();
      return await use(storage);
    } finally {
      await storage.close();
      await dataSource.destroy();
    }
  }
}
