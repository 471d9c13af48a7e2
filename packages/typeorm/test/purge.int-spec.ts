import { randomUUID } from 'node:crypto';
import { append, newSaga, toCompleted } from './sample-saga.js';
import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { until } from './until.js';

const all = {
  statuses: ['completed', 'failed'],
  endedBefore: new Date('2200-01-01T00:00:00.000Z'),
  limit: 500,
} as const;

describe('a purge in PostgreSQL', () => {
  let database: TestDatabase;
  let storage: TypeOrmSagaStorage;

  beforeEach(async () => {
    database = await createTestDatabase();
    storage = await database.openStorage({ hints: false });
  });
  afterEach(() => database.close());

  const start = async (isEnded = true): Promise<string> => {
    const { sagaId } = newSaga();
    await storage.start(newSaga({ sagaId, owner: 'worker-1' }));
    await storage.append(append(sagaId, 1, isEnded ? { change: toCompleted } : {}));
    return sagaId;
  };
  const purged = async (): Promise<readonly string[]> =>
    (await storage.purge(all)).map(({ sagaId }) => sagaId);
  const relate = (sagaId: string, column: 'parent_id' | 'reverses', to: string): Promise<unknown> =>
    database.query(`UPDATE saga.saga_execution SET ${column} = $2 WHERE id = $1`, [sagaId, to]);
  const end = (sagaId: string): Promise<unknown> =>
    storage.append(append(sagaId, 2, { change: toCompleted }));

  it('leaves the parent and the original of a saga that has not ended, and the child of such a one', async () => {
    const [parent, child] = [await start(), await start(false)];
    await relate(child, 'parent_id', parent);
    const [original, reversal] = [await start(), await start(false)];
    await relate(reversal, 'reverses', original);
    const [openParent, endedChild] = [await start(false), await start()];
    await relate(endedChild, 'parent_id', openParent);
    const alone = await start();

    expect(await purged()).toEqual([alone]);
    for (const open of [child, reversal, openParent]) await end(open);

    expect((await purged()).toSorted()).toEqual(
      [parent, child, original, reversal, openParent, endedChild].toSorted(),
    );
  });

  it('leaves a saga whose messages are not delivered yet', async () => {
    const sagaId = await start();
    await database.query(
      `INSERT INTO saga.saga_outbox (saga_id, seq, sink, next_try_at, recorded_at) VALUES ($1, 1, 'kafka', now(), now())`,
      [sagaId],
    );
    expect(await purged()).toEqual([]);
    await database.query('DELETE FROM saga.saga_outbox');
    expect(await purged()).toEqual([sagaId]);
  });

  it('skips a saga whose row another transaction holds, and waits for nothing', async () => {
    const [held, free] = [await start(), await start()];
    const other = await database.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM saga.saga_execution WHERE id = $1 FOR UPDATE', [held]);
    expect(await purged()).toEqual([free]);
    await other.query('ROLLBACK');
    expect(await purged()).toEqual([held]);
  });

  it.each(['saga_execution', 'saga_log'])(
    'deletes a saga and its journal together or not at all if its connection ends while it deletes from %s',
    async (table) => {
      const ids = [await start(), await start(), await start()];
      // The second row waits for a lock that this test holds, so the statement stands in its middle.
      await database.query(`
        CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF OLD.${table === 'saga_log' ? 'saga_id' : 'id'} = '${ids[1]}' THEN PERFORM pg_advisory_xact_lock(7); END IF;
          RETURN OLD;
        END $$;
        CREATE TRIGGER stand_still BEFORE DELETE ON saga.${table} FOR EACH ROW EXECUTE FUNCTION stand_still()`);
      const holder = await database.connect();
      await holder.query('SELECT pg_advisory_lock(7)');
      const purging = storage.purge(all).then(
        () => 'purged',
        () => 'failed',
      );
      await until('the purge is killed', async () => {
        const killed = await database.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'`,
        );
        return killed.length > 0;
      });

      expect(await purging).toBe('failed');
      const rest = async (): Promise<readonly unknown[]> =>
        database.query('SELECT id FROM saga.saga_execution JOIN saga.saga_log ON id = saga_id ORDER BY id');
      expect(await rest()).toEqual(ids.toSorted().map((id) => ({ id })));

      await holder.query('SELECT pg_advisory_unlock(7)');
      expect((await purged()).toSorted()).toEqual(ids.toSorted());
      expect(await database.query('SELECT FROM saga.saga_log')).toEqual([]);
    },
  );

  it('runs beside starts, appends and other purges without a deadlock, and loses none of their work', async () => {
    const another = await database.openStorage({ hints: false });
    const run = { isOver: false };
    const failures: unknown[] = [];
    const load = async (of: TypeOrmSagaStorage): Promise<number> => {
      let count = 0;
      while (!run.isOver) {
        const sagas = Array.from({ length: 20 }, () => newSaga({ owner: 'worker-1', key: randomUUID() }));
        await Promise.all(sagas.map((saga) => of.start(saga)));
        await Promise.all(sagas.map(({ sagaId }) => of.append(append(sagaId, 1, { change: toCompleted }))));
        count += sagas.length;
      }
      return count;
    };
    const purging = async (of: TypeOrmSagaStorage): Promise<number> => {
      let count = 0;
      let rounds = 0;
      while (rounds++ < 60) count += (await of.purge({ ...all, limit: 30 })).length;
      return count;
    };
    const loads = [load(storage), load(another)].map((one) =>
      one.catch((error: unknown) => {
        failures.push(error);
        return 0;
      }),
    );
    const purges = await Promise.all([purging(storage), purging(another)]);
    run.isOver = true;
    const started = (await Promise.all(loads)).reduce((sum, count) => sum + count, 0);

    expect(failures).toEqual([]);
    const [counts] = await database.query(`
      SELECT (SELECT count(*) FROM saga.saga_execution) AS headers, (SELECT count(*) FROM saga.saga_log) AS entries`);
    const rest = String(started - purges.reduce((sum, count) => sum + count, 0));
    expect(counts).toEqual({ headers: rest, entries: rest });
    const [deadlocks] = await database.query(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(deadlocks).toEqual({ deadlocks: '0' });
  });
});
