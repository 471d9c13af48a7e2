import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { isSagaError } from '@nest-saga/core/storage-kit';
import type { AppendResult, HeaderChange, NewSaga } from '@nest-saga/core';
import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { append, newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { until } from './until.js';

const saga = { saga: 'order', version: 1 };
const awake: HeaderChange = {
  status: 'running',
  owner: undefined,
  park: { for: 'retry', name: 'call', dueInMs: 0 },
  failure: undefined,
  stuck: undefined,
};

describe('a cancel of a parked saga at the moment of its claim', () => {
  let database: TestDatabase;
  let asking: TypeOrmSagaStorage;
  let claiming: TypeOrmSagaStorage;
  let worker: string;

  beforeEach(async () => {
    database = await createTestDatabase();
    // The server detects a deadlock before any timeout ends the wait, so it is counted.
    await database.query(`ALTER DATABASE ${database.name} SET deadlock_timeout = '1ms'`);
    asking = await database.openStorage({ hints: false });
    claiming = await database.openStorage({ hints: false });
    worker = randomUUID();
    await claiming.registerWorker(worker, 600_000);
  });
  afterEach(() => database.close());

  const startDue = async (): Promise<NewSaga> => {
    const started = newSaga({ owner: 'worker-1' });
    await asking.start(started);
    await asking.append(append(started.sagaId, 1, { change: awake }));
    return started;
  };
  /** Asks again where a row was held for too long, as requests do. */
  const cancel = async ({ sagaId }: NewSaga): Promise<AppendResult> => {
    const entry = { kind: 'cancel-requested', reason: 'the customer called' } as const;
    for (;;) {
      try {
        return await asking.append({ sagaId, seq: 2, worker: undefined, entry, change: awake });
      } catch (error) {
        if (!isSagaError(error, 'SAGA_STORAGE_FAILED') || error.outcome !== 'not-written') throw error;
      }
    }
  };
  const deadlocks = async (): Promise<unknown> => {
    // A session reports its counts when it ends at the latest.
    await asking.close();
    await claiming.close();
    await database.query('SELECT pg_stat_force_next_flush()');
    const [row] = await database.query(
      'SELECT deadlocks::integer FROM pg_stat_database WHERE datname = current_database()',
    );
    return row?.['deadlocks'];
  };

  it.each([1, 3])(
    'waits for the claim and finds its `seq` used, of %i cancels in one statement',
    async (count) => {
      const sagas = await Promise.all(Array.from({ length: count }, startDue));
      // The claim has the headers, and continues with its entries once another statement waits for it.
      await database.query(`CREATE FUNCTION await_a_waiter() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        FOR round IN 1..2000 LOOP
          EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid());
          PERFORM pg_sleep(0.005);
        END LOOP;
        RETURN NEW;
      END $$`);
      await database.query(`CREATE TRIGGER slow BEFORE INSERT ON saga.saga_log FOR EACH ROW
      WHEN (NEW.kind = 'claimed') EXECUTE FUNCTION await_a_waiter()`);

      const claimed = claiming.claim({ worker, sagas: [saga], limit: 10 });
      await until('the claim, which has the headers', async () => {
        const sleeping =
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
        return (await database.query(sleeping)).length > 0;
      });
      const answers = await Promise.all(sagas.map(cancel));

      expect(await claimed).toHaveLength(count);
      expect(answers).toEqual(sagas.map(() => 'fenced'));
      expect(await deadlocks()).toBe(0);
    },
  );

  it('never waits for it in a circle, however the two interleave', async () => {
    const answers: AppendResult[] = [];
    let claimed = 0;
    for (let round = 0; round < 40; round++) {
      const sagas = await Promise.all(Array.from({ length: 8 }, startDue));
      const request = { worker, sagas: [saga], limit: 3 };
      const [asked, ...claims] = await Promise.all([
        Promise.all(sagas.map(cancel)),
        ...Array.from({ length: 3 }, () => claiming.claim(request)),
      ]);
      answers.push(...asked);
      claimed += claims.flat().length;
      // Sagas without a claim are removed before the next round.
      while ((await claiming.claim({ ...request, limit: 100 })).length > 0);
    }

    expect(new Set(answers)).toEqual(new Set(['stored', 'fenced']));
    expect(claimed).toBeGreaterThan(0);
    expect(await deadlocks()).toBe(0);
  });
});
