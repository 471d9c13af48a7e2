import { randomUUID } from 'node:crypto';
import { SagaStorageError } from '@nest-saga/core';
import type { AppendResult, LoadedSaga } from '@nest-saga/core';
import type { SagaEngine } from '@nest-saga/core/engine';
import type pg from 'pg';
import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { openProxy } from './breakable-network.js';
import { actCompleted, append, newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { createEngine } from './test-engine.js';
import { until } from './until.js';

describe('trouble with the database', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  const terminateBackends = (): Promise<unknown> =>
    database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name NOT LIKE 'nest-saga %'`,
    );
  /** Terminates the backends of the pools each time this number of entries was written, until it is ended. */
  const startStorm = (entriesBetween: number) => {
    const storm = { isOver: false };
    const raging = (async () => {
      for (let next = 0; !storm.isOver;) {
        const [row] = await database.query('SELECT count(*)::integer AS entries FROM saga.saga_log');
        if (Number(row?.['entries']) < next) continue;
        next = Number(row?.['entries']) + entriesBetween;
        await terminateBackends();
      }
    })();
    return {
      end: async () => {
        storm.isOver = true;
        await raging;
      },
    };
  };
  const waitForLock = (): Promise<void> =>
    until('the lock', async () => {
      const waiting =
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      return (await database.query(waiting)).length > 0;
    });

  it('never makes a false answer of an append whose backend is terminated in the middle', async () => {
    const storage = await database.openStorage();
    const sagas = Array.from({ length: 20 }, () => newSaga({ owner: 'worker-1' }));
    await Promise.all(sagas.map((saga) => storage.start(saga)));
    const answers: {
      readonly sagaId: string;
      readonly seq: number;
      readonly answer: AppendResult | SagaStorageError;
    }[] = [];
    const storm = startStorm(5);

    const appendAll = async (sagaId: string): Promise<void> => {
      for (let seq = 1; seq <= 40;) {
        const answer = await storage
          .append(append(sagaId, seq))
          .catch((error: unknown) => error as SagaStorageError);
        answers.push({ sagaId, seq, answer });
        const isTaken = answer === 'fenced';
        if (answer === 'stored' || isTaken) seq += 1;
      }
    };
    await Promise.all(sagas.map(({ sagaId }) => appendAll(sagaId)));
    await storm.end();

    const errors = answers.flatMap(({ answer }) => (answer instanceof Error ? [answer] : []));
    expect(
      errors.filter((error) => !(error instanceof SagaStorageError) || error.outcome === 'refused'),
    ).toEqual([]);
    expect(errors.length).toBeGreaterThan(0);
    for (const { sagaId } of sagas) {
      const journal = await loadAfterStorm(storage, sagaId);
      expect(journal?.entries.map(({ seq }) => seq)).toEqual(
        Array.from({ length: 40 }, (_, index) => index + 1),
      );
      const own = answers.filter((one) => one.sagaId === sagaId);
      // No other process writes here: a `seq` that is used was used by an append whose answer was lost, and said so.
      const unexplained = own.filter(
        ({ seq, answer }) =>
          answer === 'fenced' &&
          !own.some(
            (one) => one.seq === seq && one.answer instanceof Error && one.answer.outcome === 'unknown',
          ),
      );
      expect(unexplained).toEqual([]);
    }
  });

  it('compensates none of 200 sagas whose backends are terminated again and again, and all of them complete', async () => {
    const storage = await database.openStorage();
    const engine: SagaEngine = createEngine([() => 1, () => 2, () => 3], { storage });
    await engine.open();
    const storm = startStorm(40);
    const ended = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const { end } = await engine.starter.start({}, { saga: 'order' });
        return await end;
      }),
    );
    await storm.end();
    await engine.close();

    expect(ended.map((end) => end?.kind === 'ended' && end.state.status)).toEqual(
      Array.from({ length: 200 }, () => 'completed'),
    );
    expect(
      await database.query('SELECT status, count(*)::integer FROM saga.saga_execution GROUP BY 1'),
    ).toEqual([{ status: 'completed', count: 200 }]);
    expect(await database.query("SELECT FROM saga.saga_log WHERE kind <> 'act-completed'")).toEqual([]);
  });

  it('renews the lease though the application holds every connection of its pool, and a write says it was not written', async () => {
    const dataSource = await database.createDataSource({ poolSize: 2 });
    const storage = await database.openStorage({ dataSource, acquireTimeoutMs: 200 });
    await storage.registerWorker('worker-1', 30_000);
    const runners = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
    for (const runner of runners) await runner.startTransaction();

    const saga = newSaga();
    await expect(storage.start(saga)).rejects.toMatchObject({ operation: 'start', outcome: 'not-written' });
    expect(await storage.renewWorker('worker-1', 30_000)).toBe(true);

    for (const runner of runners) {
      await runner.rollbackTransaction();
      await runner.release();
    }
    expect(await storage.find(saga.sagaId)).toBeUndefined();
    expect(await storage.start(saga)).toEqual({ kind: 'started' });
  });

  it('leaves the pool whole after a connection that came too late', async () => {
    const dataSource = await database.createDataSource({ poolSize: 1 });
    const storage = await database.openStorage({ dataSource, acquireTimeoutMs: 100 });
    const runner = dataSource.createQueryRunner();
    await runner.connect();
    await expect(storage.find(randomUUID())).rejects.toMatchObject({ outcome: 'not-written' });
    await runner.release();

    await expect(storage.find(randomUUID())).resolves.toBeUndefined();
    await expect(dataSource.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  it('cancels a statement for which no caller waits any more: it does not take effect later', async () => {
    const storage = await database.openStorage({ statementTimeoutMs: 300 });
    const connection = await database.connect();
    await connection.query('BEGIN');
    await connection.query('LOCK TABLE saga.saga_execution IN ACCESS EXCLUSIVE MODE');

    await expect(storage.find(randomUUID())).rejects.toMatchObject({ outcome: 'unknown' });
    await until('the end of abandoned statements', async () => {
      const active =
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      return (await database.query(active)).length === 0;
    });
    await connection.query('ROLLBACK');
  });

  it('cancels it, too, if the pool sets another role, which may not end the backends of the role that connected', async () => {
    await database.openStorage();
    const { role } = await database.createRole('NOINHERIT');
    await database.query(`GRANT USAGE ON SCHEMA saga TO ${role}`);
    await database.query(`GRANT ALL ON ALL TABLES IN SCHEMA saga TO ${role}`);
    const login = await database.createRole(`IN ROLE ${role}`);
    const onConnect = (client: pg.Client) => client.query(`SET ROLE ${role}`);
    const dataSource = await database.createDataSource({ url: login.url, extra: { onConnect } });
    const storage = await database.openStorage({ dataSource, statementTimeoutMs: 300, migrations: 'off' });
    const connection = await database.connect();
    await connection.query('BEGIN');
    await connection.query('LOCK TABLE saga.saga_execution IN ACCESS EXCLUSIVE MODE');

    await expect(storage.find(randomUUID())).rejects.toMatchObject({ outcome: 'unknown' });
    await until('the end of abandoned statements', async () => {
      const active =
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      return (await database.query(active)).length === 0;
    });
    await connection.query('ROLLBACK');
  });

  it('refuses a write that a constraint refuses, without its values in the message', async () => {
    const storage = await database.openStorage();
    await database.query("ALTER TABLE saga.saga_log ADD CHECK (step <> 'forbidden')");
    const sagas = Array.from({ length: 5 }, () => newSaga({ owner: 'worker-1' }));
    for (const saga of sagas) await storage.start(saga);

    const secret = 'card-4711';
    const results = await Promise.allSettled(
      sagas.map(({ sagaId }, index) =>
        storage.append(
          append(sagaId, 1, {
            entry: actCompleted(index === 2 ? 'forbidden' : 'fine', { context: JSON.stringify({ secret }) }),
          }),
        ),
      ),
    );

    expect(results.map((one) => (one.status === 'fulfilled' ? one.value : 'refused'))).toEqual([
      'stored',
      'stored',
      'refused',
      'stored',
      'stored',
    ]);
    const [refused] = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused).toMatchObject({ outcome: 'refused', cause: { sqlState: '23514' } });
    expect(
      JSON.stringify([refused, (refused as Error).cause, String((refused as Error).cause)]),
    ).not.toContain(secret);
  });

  it('waits for a start of the same key that is under way, and answers with what became of it', async () => {
    const storage = await database.openStorage();
    const insert = `INSERT INTO saga.saga_execution
      (id, saga_name, saga_version, saga_key, status, context, metadata, created_at, updated_at)
      VALUES ($1, 'order', 1, 'K', 'running', '{}', '{}', now(), now())`;
    const connection = await database.connect();
    const first = randomUUID();
    await connection.query('BEGIN');
    await connection.query(insert, [first]);
    // It waits for a moment, and is to be tried again where that is not enough.
    const starting = untilWritten(() => storage.start(newSaga({ key: 'K' })));
    await waitForLock();
    await connection.query('ROLLBACK');
    expect(await starting).toEqual({ kind: 'started' });
  });

  it('says that nothing was written once the data source is closed, and still gives the lease back', async () => {
    const dataSource = await database.createDataSource();
    const storage = await database.openStorage({ dataSource });
    await storage.registerWorker('worker-1', 30_000);
    await dataSource.destroy();

    await expect(storage.start(newSaga())).rejects.toMatchObject({ outcome: 'not-written' });
    await storage.removeWorker('worker-1');
    expect(await database.query('SELECT FROM saga.saga_worker')).toEqual([]);
  });

  it('recovers from a network that loses everything: no call waits without a limit, and the next ones work', async () => {
    const proxy = await openProxy(database.url);
    const dataSource = await database.createDataSource({ url: proxy.url, poolSize: 2 });
    const storage = await database.openStorage({
      dataSource,
      hints: false,
      statementTimeoutMs: 300,
      acquireTimeoutMs: 300,
    });
    await storage.registerWorker('worker-1', 60_000);
    const saga = newSaga();
    await storage.start(saga);

    proxy.freeze();
    await expect(storage.append(append(saga.sagaId, 1))).rejects.toMatchObject({ outcome: 'unknown' });
    await expect(storage.renewWorker('worker-1', 2_000)).rejects.toBeInstanceOf(SagaStorageError);
    await expect(storage.load(saga.sagaId)).rejects.toBeInstanceOf(SagaStorageError);
    proxy.thaw();

    await until('the answer', async () => {
      const answer = await storage.append(append(saga.sagaId, 1)).catch(() => undefined);
      return answer === 'stored' || answer === 'fenced';
    });
    expect((await storage.load(saga.sagaId))?.entries).toHaveLength(1);
    await proxy.close();
  });
});

/** Tries a write again for as long as nothing was written. */
async function untilWritten<Answer>(write: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof SagaStorageError) || error.outcome !== 'not-written') throw error;
    }
  }
}

/** A connection that was ended while it was idle may not have noticed yet. */
async function loadAfterStorm(storage: TypeOrmSagaStorage, sagaId: string): Promise<LoadedSaga | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await storage.load(sagaId);
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
}
