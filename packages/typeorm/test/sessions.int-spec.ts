import pg from 'pg';
import { actCompleted, append, newSaga, toCompleted } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

describe('the sessions of the application', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  it('may read and show times and JSON in their own way: sagas come back as they were', async () => {
    const parsers = [pg.types.builtins.TIMESTAMPTZ, pg.types.builtins.JSON, pg.types.builtins.UUID, 20, 23];
    const before = parsers.map(
      (type) => [type, pg.types.getTypeParser(type) as (text: string) => unknown] as const,
    );
    for (const type of parsers) pg.types.setTypeParser(type, () => 'of the application');
    try {
      const storage = await database.openStorage(
        {},
        {
          extra: { options: '-c DateStyle=German -c TimeZone=Asia/Kathmandu -c IntervalStyle=sql_standard' },
        },
      );
      const saga = newSaga({ context: '{"at": "2026-03-01"}' });
      await storage.start(saga);
      const entry = actCompleted('reserve', { context: '{ "a" : 1 }' });
      await storage.append(append(saga.sagaId, 1, { entry }));

      const loaded = await storage.load(saga.sagaId);

      expect(loaded?.entries).toMatchObject([{ ...entry, seq: 1 }]);
      expect(loaded?.header.context).toBe('{"at": "2026-03-01"}');
      expect(Math.abs(Date.now() - (loaded?.header.createdAt.getTime() ?? 0))).toBeLessThan(60_000);
      expect(loaded?.header.nextRunAt).toEqual(loaded?.header.createdAt);
    } finally {
      for (const [type, parser] of before) pg.types.setTypeParser(type, parser);
    }
  });

  it('may lose what was prepared in them, as behind a pooler', async () => {
    const dataSource = await database.createDataSource({ poolSize: 1 });
    const storage = await database.openStorage({ dataSource });
    const saga = newSaga();
    await storage.start(saga);
    for (let seq = 1; seq <= 25; seq++) {
      expect(await storage.append(append(saga.sagaId, seq))).toBe('stored');
      await dataSource.query('DEALLOCATE ALL');
    }
    expect((await storage.load(saga.sagaId))?.entries).toHaveLength(25);
  });

  it('need not keep anything prepared', async () => {
    const dataSource = await database.createDataSource({ poolSize: 1 });
    const storage = await database.openStorage({ dataSource, prepareStatements: false });
    await storage.start(newSaga());
    expect(await dataSource.query('SELECT name FROM pg_prepared_statements')).toEqual([]);
  });

  it('may have another isolation by default: what is lost to a conflict is repeated', async () => {
    const extra = { options: '-c default_transaction_isolation=serializable' };
    const [storage, other] = [
      await database.openStorage({}, { extra }),
      await database.openStorage({}, { extra }),
    ];
    const sagas = Array.from({ length: 50 }, () => newSaga());
    await Promise.all(sagas.map((saga) => storage.start(saga)));
    const both = await Promise.all(
      sagas.flatMap(({ sagaId }) => [storage, other].map((view) => view.append(append(sagaId, 1)))),
    );
    expect(both.filter((answer) => answer === 'stored')).toHaveLength(50);
    expect(both.filter((answer) => answer === 'fenced')).toHaveLength(50);
  });

  it('may be read-only for a while: nothing is written then, and it is said so', async () => {
    const storage = await database.openStorage();
    await database.query(`ALTER DATABASE ${database.name} SET default_transaction_read_only = on`);
    const standby = await database.openStorage({ migrations: 'check' });
    const saga = newSaga();
    await expect(standby.start(saga)).rejects.toMatchObject({
      outcome: 'not-written',
      cause: { sqlState: '25006' },
    });
    expect(await storage.start(saga)).toEqual({ kind: 'started' });
    expect(await standby.find(saga.sagaId)).toMatchObject({ status: 'pending' });
  });

  it('may be a single one: a saga runs to its end over a pool of one', async () => {
    const storage = await database.openStorage({}, { poolSize: 1 });
    const sagas = Array.from({ length: 20 }, () => newSaga({ owner: 'worker-1' }));
    await Promise.all(
      sagas.map(async (saga) => {
        await storage.start(saga);
        await storage.append(append(saga.sagaId, 1));
        await storage.append(append(saga.sagaId, 2, { change: toCompleted }));
      }),
    );
    expect(await database.query('SELECT status FROM saga.saga_execution GROUP BY 1')).toEqual([
      { status: 'completed' },
    ]);
  });

  it("never hear what sagas carry: TypeORM logs none of the engine's parameters", async () => {
    const lines: unknown[] = [];
    const log = (text: unknown, parameters: unknown): void =>
      void lines.push(String(text), String(parameters));
    const logger = {
      logQuery: log,
      logQueryError: log,
      logQuerySlow: log,
      logSchemaBuild: log,
      logMigration: log,
      log,
    };
    const storage = await database.openStorage({}, { logging: true, logger });
    const saga = newSaga({ context: '{"card":"4711"}' });
    await storage.start(saga);
    await storage
      .start({ ...saga, sagaId: newSaga().sagaId, context: '{"card":"4711"' })
      .catch(() => undefined);
    expect(await storage.find(saga.sagaId)).toBeDefined();
    expect(JSON.stringify(lines)).not.toContain('4711');
  });
});
