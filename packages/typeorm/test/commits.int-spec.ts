import type { SagaEngine } from '@nest-saga/core/engine';
import type { DataSource } from 'typeorm';
import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { append, newSaga, toCompleted } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { createEngine } from './test-engine.js';

describe('what a saga costs', () => {
  let database: TestDatabase;
  let storage: TypeOrmSagaStorage;
  const engines: SagaEngine[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    storage = await database.openStorage();
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close();
    await database.close();
  });

  const openEngine = async (...parameters: Parameters<typeof createEngine>): Promise<SagaEngine> => {
    const engine = createEngine(...parameters);
    engines.push(engine);
    await engine.open();
    return engine;
  };

  // Sessions report their work on request, and the reader looks from another database.
  const readCommits = async (dataSource: DataSource): Promise<number> => {
    await dataSource.query('SELECT pg_stat_force_next_flush()');
    const server = await database.connectToServer();
    const { rows } = await server.query<{ commits: string }>(
      'SELECT xact_commit AS commits FROM pg_stat_database WHERE datname = $1',
      [database.name],
    );
    return Number(rows[0]?.commits);
  };

  it('is n+1 commits for n steps, counted on a quiet server', async () => {
    const dataSource = await database.createDataSource({ poolSize: 1 });
    const acts = Array.from({ length: 5 }, () => () => ({ ok: true }));
    const engine = await openEngine(acts, {
      storage: await database.openStorage({ dataSource, hints: false }),
      recovery: { enabled: false },
      lease: { renewalIntervalMs: 600_000, leaseDurationMs: 900_000, safetyMarginMs: 5_000 },
    });
    const runSaga = async (): Promise<void> => {
      const { end } = await engine.starter.start({}, { saga: 'order' });
      expect(await end).toMatchObject({ kind: 'ended', state: { status: 'completed' } });
    };
    await runSaga();
    const before = await readCommits(dataSource);

    for (let saga = 0; saga < 10; saga++) await runSaga();

    const isReading = 1;
    expect((await readCommits(dataSource)) - before).toBe(10 * (5 + 1) + isReading);
  });

  it.each([
    ['one transaction for sagas that are written at the same moment', 16, 1],
    ['two transactions side by side where they are many', 100, 2],
  ])('is %s', async (_, count, expected) => {
    const sagas = Array.from({ length: count }, () => newSaga({ owner: 'worker-1' }));
    await Promise.all(sagas.map((saga) => storage.start(saga)));
    const transactions = await database.query(
      'SELECT count(DISTINCT xmin::text)::integer AS transactions FROM saga.saga_execution WHERE id = ANY($1)',
      [sagas.map(({ sagaId }) => sagaId)],
    );
    expect(transactions).toEqual([{ transactions: expected }]);
  });

  it('changes the header only with the status or the owner', async () => {
    const saga = newSaga({ owner: 'worker-1' });
    await storage.start(saga);
    const readRow = () =>
      database.query('SELECT xmin::text, ctid::text FROM saga.saga_execution WHERE id = $1', [saga.sagaId]);
    const before = await readRow();

    for (let seq = 1; seq <= 5; seq++) await storage.append(append(saga.sagaId, seq));
    expect(await readRow()).toEqual(before);

    await storage.append(append(saga.sagaId, 6, { change: toCompleted }));
    expect(await readRow()).not.toEqual(before);
  });

  it('is one row for the lease, however many sagas run', async () => {
    await storage.registerWorker('worker-1', 30_000);
    await Promise.all(Array.from({ length: 50 }, () => storage.start(newSaga({ owner: 'worker-1' }))));
    const before = await database.query('SELECT xmin::text AS writer FROM saga.saga_worker');

    await storage.renewWorker('worker-1', 30_000);

    const after = await database.query('SELECT xmin::text AS writer FROM saga.saga_worker');
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
    expect(
      await database.query('SELECT FROM saga.saga_execution WHERE xmin::text = $1', [after[0]?.['writer']]),
    ).toEqual([]);
  });

  it('is not an open transaction while a step runs', async () => {
    const states: unknown[] = [];
    const act = async () => {
      states.push(
        ...(await database.query(
          `SELECT state FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`,
        )),
      );
    };
    const engine = await openEngine([act, act, act], { storage, recovery: { enabled: false } });
    const { end } = await engine.starter.start({}, { saga: 'order' });

    expect(await end).toMatchObject({ kind: 'ended', state: { status: 'completed' } });
    expect(states).toEqual([]);
  });
});

describe('the durability of a saga', () => {
  it("waits for the disk though the role's default does not, and leaves the session as it was", async () => {
    const database = await createTestDatabase();
    const { role, url } = await database.createRole('SUPERUSER');
    await database.query(`ALTER ROLE ${role} SET synchronous_commit = off`);
    const dataSource = await database.createDataSource({ url, poolSize: 1 });
    const storage = await database.openStorage({ dataSource });
    // At the very end of each transaction, right before its commit.
    await database.query(`
      CREATE TABLE seen (what text, setting text);
      CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO public.seen VALUES (TG_TABLE_NAME || ' ' || TG_OP, current_setting('synchronous_commit')); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER see AFTER INSERT OR UPDATE ON saga.saga_execution
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION see();
      CREATE CONSTRAINT TRIGGER see AFTER INSERT ON saga.saga_log
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION see();
      CREATE CONSTRAINT TRIGGER see AFTER INSERT OR UPDATE ON saga.saga_worker
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION see();`);
    expect(await dataSource.query('SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'off' }]);

    const sagas = [{ saga: 'order', version: 1 }];
    await storage.registerWorker('worker-1', 30_000);
    await storage.renewWorker('worker-1', 30_000);
    const saga = newSaga();
    await storage.start(saga);
    await storage.claim({ worker: 'worker-1', sagas, limit: 1 });
    await storage.release([
      { sagaId: saga.sagaId, seq: 2, worker: 'worker-1', reason: 'shutdown', begun: [], delayMs: 0 },
    ]);
    await storage.append(append(saga.sagaId, 3));
    await storage.append(append(saga.sagaId, 4, { change: toCompleted }));

    const seen = await database.query(
      'SELECT what, setting, count(*)::integer AS times FROM seen GROUP BY 1, 2 ORDER BY 1',
    );
    expect(seen).toEqual([
      { what: 'saga_execution INSERT', setting: 'on', times: 1 },
      { what: 'saga_execution UPDATE', setting: 'on', times: 3 },
      { what: 'saga_log INSERT', setting: 'on', times: 4 },
      { what: 'saga_worker INSERT', setting: 'on', times: 1 },
      { what: 'saga_worker UPDATE', setting: 'on', times: 1 },
    ]);
    expect(await dataSource.query('SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'off' }]);
    await database.close();
  });

  it('keeps "remote_apply", which asks for more', async () => {
    const database = await createTestDatabase();
    const storage = await database.openStorage(
      {},
      { extra: { options: '-c synchronous_commit=remote_apply' } },
    );
    await database.query(`
      CREATE TABLE seen (setting text);
      CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER see AFTER INSERT ON saga.saga_execution
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION see();`);
    await storage.start(newSaga());
    expect(await database.query('SELECT setting FROM seen')).toEqual([{ setting: 'remote_apply' }]);
    await database.close();
  });
});
