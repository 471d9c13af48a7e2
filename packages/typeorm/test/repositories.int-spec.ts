import type { SagaHeading } from '@nest-saga/core/storage-kit';
import { inspect } from 'node:util';

import pg from 'pg';
import type { Logger } from 'typeorm';
import { SagaReadOnlyError } from '../src/errors/saga-read-only-error.js';
import type { ReadOnlyRepository } from '../src/repositories/read-only.repository.js';
import { SagaRepositories } from '../src/repositories/saga-repositories.js';
import { actCompleted, append, newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

const failed = { name: 'CardError', message: 'declined' };
const at = new Date('2026-03-01T10:00:00.123Z');
const stuck = {
  status: 'stuck',
  owner: undefined,
  failure: undefined,
  stuck: { reason: 'compensation-exhausted', message: 'no' },
} as const;

describe.each(['saga', 'My_Sagas'])('the repositories of the schema "%s"', (schema) => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  const open = async (...[options]: Parameters<TestDatabase['createDataSource']>) => {
    // The application lists no entity, and its prefix does not reach the ones here.
    const dataSource = await database.createDataSource({ entityPrefix: 'app_', ...options });
    const storage = await database.openStorage({ dataSource, schema, hints: false });
    const { executions, journal, workers } = SagaRepositories.of(dataSource, schema);
    return { storage, executions, journal, workers };
  };

  it('find a saga by its id and by its key', async () => {
    const { storage, executions } = await open();
    const { sagaId } = newSaga();
    const metadata = { tenant: 'a' };
    await storage.start(newSaga({ sagaId, key: 'A-1', metadata, context: '{"at": "2026-03-01"}' }));
    const header = await executions.findById(sagaId);
    expect(header).toMatchObject({ sagaId, key: 'A-1', metadata, context: '{"at": "2026-03-01"}' });
    expect(header).toEqual((await storage.load(sagaId))?.header);
    expect(await executions.findByKey('order', 'A-1')).toEqual(header);
    expect(await executions.findByKey('order', 'A-2')).toBeUndefined();
    expect(await executions.findById(newSaga().sagaId)).toBeUndefined();
  });

  it('list sagas in pages, narrowed to what is asked', async () => {
    const { storage, executions } = await open();
    const sagas = [newSaga({ saga: 'a' }), newSaga({ saga: 'b', key: 'K' }), newSaga({ saga: 'b' })];
    for (const saga of sagas) await storage.start(saga);
    const idsOf = (headers: readonly SagaHeading[]) => headers.map(({ sagaId }) => sagaId);
    const ids = sagas.map(({ sagaId }) => sagaId);
    const oldest = { order: 'oldest', limit: 2 } as const;
    const page = await executions.list(oldest);
    const { nextCursor: cursor } = page;
    const last = await executions.list({ ...oldest, ...(cursor === undefined ? {} : { cursor }) });
    expect([...idsOf(page.sagas), ...idsOf(last.sagas)].toSorted()).toEqual(ids.toSorted());
    expect(last.nextCursor).toBeUndefined();
    expect(idsOf((await executions.list({ key: 'K', limit: 9 })).sagas)).toEqual([ids[1]]);
    const narrow = { saga: 'b', status: 'pending', from: new Date(0), to: new Date('9000-01-01') } as const;
    expect((await executions.list({ ...narrow, limit: 9 })).sagas).toHaveLength(2);
    await expect(executions.list({ limit: 0 })).rejects.toMatchObject({ code: 'SAGA_INVALID_ARGUMENT' });
  });

  it('count what is open, stuck and due, and say what a worker owns', async () => {
    const { storage, executions } = await open();
    const [queued, owned, broken] = [newSaga(), newSaga({ owner: 'worker-1' }), newSaga({ version: 2 })];
    for (const saga of [queued, owned, broken]) await storage.start(saga);
    const message = { kind: 'stuck', reason: 'compensation-exhausted', message: 'no' } as const;
    await storage.append(append(broken.sagaId, 1, { entry: message, change: stuck }));
    expect(await executions.countDue()).toBe(1);
    expect(await executions.listOwned('worker-1')).toEqual([owned.sagaId]);
    expect(await executions.summarize()).toMatchObject({
      pending: 1,
      running: 1,
      compensating: 0,
      stuck: 1,
      oldestOpenAgeMs: expect.any(Number) as unknown,
      open: [{ saga: 'order', version: 1, count: 2 }],
    });
  });

  it('show the history of a saga', async () => {
    const { storage, journal } = await open();
    const { sagaId } = newSaga();
    await storage.start(newSaga({ sagaId }));
    await storage.append(
      append(sagaId, 1, { entry: actCompleted('reserve', { context: '{ "a" : 1 }', response: '[1]' }) }),
    );
    const entry = { kind: 'act-failed', step: 'charge', attempt: 1, outcome: 'failed' } as const;
    const times = { startedAt: at, finishedAt: at };
    await storage.append(
      append(sagaId, 2, { entry: { ...entry, ...times, error: failed, next: 'compensate', undo: false } }),
    );
    const history = await journal.history(sagaId);
    expect(history).toHaveLength(2);
    expect(history).toEqual((await storage.load(sagaId))?.entries);
    expect(await journal.history(newSaga().sagaId)).toEqual([]);
  });

  it('refuse a history with an entry that this version does not know', async () => {
    const { storage, journal } = await open();
    const { sagaId } = newSaga();
    await storage.start(newSaga({ sagaId }));
    await database.query(
      `INSERT INTO "${schema}".saga_log (saga_id, seq, kind) VALUES ($1, 1, 'of-tomorrow')`,
      [sagaId],
    );
    await expect(journal.history(sagaId)).rejects.toMatchObject({
      code: 'SAGA_STORAGE_FAILED',
      outcome: 'refused',
    });
  });

  it('distinguish living workers from those whose lease has ended, by the clock of the database', async () => {
    const { storage, workers } = await open();
    await storage.registerWorker('worker-1', 60_000);
    await storage.registerWorker('worker-2', 60_000);
    await database.query(
      `UPDATE "${schema}".saga_worker SET expires_at = clock_timestamp() - interval '1 minute' WHERE id = 'worker-2'`,
    );
    expect(await workers.living()).toMatchObject([
      { id: 'worker-1', startedAt: expect.any(Date) as unknown, expiresAt: expect.any(Date) as unknown },
    ]);
    expect((await workers.expired()).map(({ id }) => id)).toEqual(['worker-2']);
  });

  it('read as every repository of TypeORM', async () => {
    const { storage, executions, journal } = await open();
    const { sagaId } = newSaga();
    await storage.start(newSaga({ sagaId, key: 'A-1' }));
    await storage.append(append(sagaId, 1));
    const found = await executions.find({ where: { sagaKey: 'A-1' }, relations: { entries: true } });
    expect(found).toMatchObject([
      {
        id: sagaId,
        sagaVersion: 1,
        context: { orderId: 'A-1' },
        createdAt: expect.any(Date) as unknown,
        entries: [{ seq: 1, step: 'reserve', context: { done: 1 } }],
      },
    ]);
    expect(await journal.countBy({ sagaId })).toBe(1);
  });

  it('say the same however the application reads and shows times and JSON', async () => {
    const parsers = [pg.types.builtins.TIMESTAMPTZ, pg.types.builtins.JSON, pg.types.builtins.UUID, 20, 23];
    const before = parsers.map(
      (type) => [type, pg.types.getTypeParser(type) as (text: string) => unknown] as const,
    );
    for (const type of parsers) pg.types.setTypeParser(type, () => 'of the application');
    try {
      const extra = { options: '-c DateStyle=German -c TimeZone=Asia/Kathmandu' };
      const { storage, executions, journal, workers } = await open({ extra });
      const { sagaId } = newSaga();
      await storage.start(newSaga({ sagaId, context: '{ "a" : 1 }' }));
      await storage.append(append(sagaId, 1));
      await storage.registerWorker('worker-1', 60_000);
      const loaded = await storage.load(sagaId);
      expect(await executions.findById(sagaId)).toEqual(loaded?.header);
      const { context: _context, ...heading } = loaded?.header ?? {};
      expect((await executions.list({ limit: 1 })).sagas).toEqual([heading]);
      expect(await journal.history(sagaId)).toEqual(loaded?.entries);
      expect(await executions.summarize()).toMatchObject({ pending: 1 });
      const [worker] = await workers.living();
      expect(worker?.expiresAt.getTime()).toBeGreaterThan(worker?.startedAt.getTime() ?? Infinity);
    } finally {
      for (const [type, parser] of before) pg.types.setTypeParser(type, parser);
    }
  });
});

describe('the repositories of a data source', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  it('are the ones that its storage reads and writes through', async () => {
    const dataSource = await database.createDataSource();
    const before = SagaRepositories.of(dataSource, 'saga');
    const storage = await database.openStorage({ dataSource, hints: false });
    expect(SagaRepositories.of(dataSource, 'saga')).toBe(before);
    expect(SagaRepositories.of(dataSource, 'other')).not.toBe(before);
    const { sagaId } = newSaga();
    await storage.start(newSaga({ sagaId }));
    expect(await before.executions.findById(sagaId)).toMatchObject({ sagaId });
  });

  it('read on when the storage is closed, and belong to none that is opened later', async () => {
    const dataSource = await database.createDataSource();
    const storage = await database.openStorage({ dataSource, hints: false });
    const before = SagaRepositories.of(dataSource, 'saga');
    const { sagaId } = newSaga();
    await storage.start(newSaga({ sagaId }));
    await storage.close();
    expect(await before.executions.findById(sagaId)).toMatchObject({ sagaId });
    const later = await database.openStorage({ dataSource, hints: false });
    await later.registerWorker('worker-1', 60_000);
    expect(SagaRepositories.of(dataSource, 'saga')).not.toBe(before);
  });

  it('are not shared by two storages at once: each has its own deadlines, and closes its own connections', async () => {
    const dataSource = await database.createDataSource();
    const first = await database.openStorage({ dataSource, hints: false });
    const second = await database.openStorage({ dataSource, hints: false, statementTimeoutMs: 60_000 });
    await first.registerWorker('worker-1', 60_000);
    await second.close();
    expect(await first.renewWorker('worker-1', 60_000)).toBe(true);
  });

  it('are usable before the data source has a connection, and follow it to another pool', async () => {
    const dataSource = await database.createDataSource();
    const storage = await database.openStorage({ dataSource, hints: false });
    const { sagaId } = newSaga();
    await storage.start(newSaga({ sagaId }));
    await storage.close();
    await dataSource.destroy();
    const repositories = SagaRepositories.of(dataSource, 'saga');
    await repositories.open();
    await dataSource.initialize();
    expect(await repositories.executions.findById(sagaId)).toMatchObject({ sagaId });
    await dataSource.destroy();
    await dataSource.initialize();
    expect(await repositories.executions.countBy({ id: sagaId })).toBe(1);
  });

  it.each(['executions', 'journal', 'workers'] as const)(
    'refuse every write of %s, also through their manager and query builder',
    async (name) => {
      const dataSource = await database.createDataSource();
      await database.openStorage({ dataSource, hints: false });
      const repository = SagaRepositories.of(dataSource, 'saga')[name] as ReadOnlyRepository<object>;
      const writes: Record<string, () => Promise<unknown>> = {
        save: () => repository.save(),
        remove: () => repository.remove(),
        softRemove: () => repository.softRemove(),
        recover: () => repository.recover(),
        insert: () => repository.insert(),
        update: () => repository.update(),
        updateAll: () => repository.updateAll(),
        upsert: () => repository.upsert(),
        delete: () => repository.delete(),
        deleteAll: () => repository.deleteAll(),
        softDelete: () => repository.softDelete(),
        restore: () => repository.restore(),
        increment: () => repository.increment(),
        decrement: () => repository.decrement(),
        clear: () => repository.clear(),
        'manager.delete': () =>
          repository.manager.createQueryBuilder().delete().from(repository.target).where('true').execute(),
        'query builder': () => repository.createQueryBuilder().delete().where('true').execute(),
      };
      for (const [title, write] of Object.entries(writes)) {
        const thrown = await write().catch((error: unknown) => error);
        expect([title, thrown]).toEqual([title, expect.any(SagaReadOnlyError)]);
      }
    },
  );

  it('show no parameter in an error or in the log of the application', async () => {
    const logged: string[] = [];
    const log = (...[message, parameters]: unknown[]): void => {
      logged.push(inspect([message, parameters]));
    };
    const logger = new Proxy({}, { get: () => log }) as Logger;
    const dataSource = await database.createDataSource({ logger, logging: 'all' });
    const storage = await database.openStorage({ dataSource, hints: false });
    const { executions } = SagaRepositories.of(dataSource, 'saga');
    await database.query('ALTER TABLE saga.saga_execution RENAME COLUMN saga_key TO hidden');
    const asked = [
      () => executions.findByKey('order', 'secret-1'),
      () => storage.findByKey('order', 'secret-2'),
      () => executions.findBy({ sagaKey: 'secret-3' }),
    ];
    for (const ask of asked) {
      const thrown = await ask().catch((error: unknown) => error);
      expect(thrown).toMatchObject({ code: 'SAGA_STORAGE_FAILED', outcome: 'not-written' });
      expect(JSON.stringify([thrown, String(thrown), (thrown as Error).cause])).not.toContain('secret');
    }
    expect(logged.join()).not.toContain('secret');
  });

  it('keep a transaction of the application on one connection, and return that to the pool', async () => {
    const dataSource = await database.createDataSource({ poolSize: 2 });
    await database.openStorage({ dataSource, hints: false });
    const { executions } = SagaRepositories.of(dataSource, 'saga');
    const seen = await executions.manager.transaction('REPEATABLE READ', async (manager) => {
      const ask = () =>
        manager.query<unknown[]>('SELECT pg_backend_pid(), pg_current_xact_id()::text, now()::text');
      return [await ask(), await ask()];
    });
    expect(seen[0]).toEqual(seen[1]);
    await Promise.all(Array.from({ length: 10 }, () => executions.count()));
  });

  it('refuse to stream rows, and say what to do instead', async () => {
    const dataSource = await database.createDataSource();
    await database.openStorage({ dataSource, hints: false });
    const { executions } = SagaRepositories.of(dataSource, 'saga');
    const runner = executions.manager.connection.createQueryRunner();
    const client = (await runner.connect()) as { query(cursor: object): unknown };
    // As TypeORM does with what pg-query-stream makes.
    expect(() => client.query({ submit: () => undefined })).toThrow(/cannot stream rows.*list\(\)/);
    await runner.release();
  });

  it('wait for a connection of the pool no longer than the storage does', async () => {
    const dataSource = await database.createDataSource({ poolSize: 1 });
    await database.openStorage({ dataSource, hints: false, acquireTimeoutMs: 50 });
    const { executions } = SagaRepositories.of(dataSource, 'saga');
    const held = dataSource.createQueryRunner();
    await held.connect();
    await expect(executions.findById(newSaga().sagaId)).rejects.toMatchObject({
      operation: 'find',
      outcome: 'not-written',
    });
    await expect(executions.count()).rejects.toMatchObject({ outcome: 'not-written' });
    await held.release();
    expect(await executions.count()).toBe(0);
  });
});
