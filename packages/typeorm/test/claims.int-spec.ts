import { randomUUID } from 'node:crypto';
import type { LoadedSaga, SagaIdentity } from '@nest-saga/core';
import { tablesOf } from '../src/postgres/tables.js';
import { readClaimedStatement } from '../src/postgres/statements/read-journals.js';
import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { runProcess } from './child-process.js';
import { append, newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { until } from './until.js';

const leaseMs = 600_000;

describe('claiming from PostgreSQL', () => {
  let database: TestDatabase;
  let storage: TypeOrmSagaStorage;
  let other: TypeOrmSagaStorage;
  let names = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    storage = await database.openStorage();
    other = await database.openStorage();
  });
  afterAll(() => database.close());

  const newIdentity = (): SagaIdentity => ({ saga: `saga-${++names}`, version: 1 });
  const newWorker = async (): Promise<string> => {
    const worker = randomUUID();
    await storage.registerWorker(worker, leaseMs);
    return worker;
  };
  const rowsOf = (saga: string) =>
    database.query('SELECT ctid::text, xmin::text, e.* FROM saga.saga_execution AS e WHERE saga_name = $1', [
      saga,
    ]);

  it('claims each of 2,000 orphans for exactly one of two workers that sweep at once', async () => {
    const identity = newIdentity();
    const dead = randomUUID();
    await database.query(
      `INSERT INTO saga.saga_execution
         (id, saga_name, saga_version, status, owner, context, metadata, created_at, updated_at)
       SELECT gen_random_uuid(), $1, 1, 'running', $2, '{}', '{}', now(), now() FROM generate_series(1, 2000)`,
      [identity.saga, dead],
    );
    const claimed: LoadedSaga[] = [];
    const sweep = async (view: TypeOrmSagaStorage): Promise<void> => {
      const worker = await newWorker();
      for (let idle = 0; idle < 3;) {
        await view.releaseExpired([identity], 100);
        const sagas = await view.claim({ worker, sagas: [identity], limit: 100 });
        claimed.push(...sagas);
        idle = sagas.length === 0 ? idle + 1 : 0;
      }
    };

    await Promise.all([sweep(storage), sweep(other)]);

    expect(new Set(claimed.map(({ header }) => header.sagaId)).size).toBe(2_000);
    expect(claimed).toHaveLength(2_000);
    const entries = await database.query(
      `SELECT count(*)::integer AS entries, count(DISTINCT worker)::integer AS workers
       FROM saga.saga_log JOIN saga.saga_execution ON id = saga_id WHERE saga_name = $1 AND kind = 'claimed'`,
      [identity.saga],
    );
    expect(entries).toEqual([{ entries: 2_000, workers: 2 }]);
  });

  it('leaves the row of a saga that a worker does not know byte-identical', async () => {
    const identity = newIdentity();
    await storage.start(newSaga({ saga: identity.saga }));
    await storage.start(newSaga({ saga: identity.saga, version: 2, owner: 'dead-worker' }));
    const before = await rowsOf(identity.saga);
    const worker = await newWorker();
    const known = [newIdentity(), { saga: identity.saga, version: 3 }];

    expect(await storage.claim({ worker, sagas: known, limit: 100 })).toEqual([]);
    expect(await storage.releaseExpired(known, 100)).toBe(0);

    expect(before).toHaveLength(2);
    expect(await rowsOf(identity.saga)).toEqual(before);
  });

  it('claims the saga after 10,000 that no worker here can process', async () => {
    const [unknown, known] = [newIdentity(), newIdentity()];
    await database.query(
      `INSERT INTO saga.saga_execution
         (id, saga_name, saga_version, status, next_run_at, context, metadata, created_at, updated_at)
       SELECT gen_random_uuid(), $1, 1, 'pending', now() - interval '1 day', '{}', '{}', now(), now()
       FROM generate_series(1, 10000)`,
      [unknown.saga],
    );
    const saga = newSaga({ saga: known.saga });
    await storage.start(saga);

    const claimed = await storage.claim({ worker: await newWorker(), sagas: [known], limit: 10 });

    expect(claimed.map(({ header }) => header.sagaId)).toEqual([saga.sagaId]);
  });

  it('passes by a saga that another connection holds, without waiting for it', async () => {
    const identity = newIdentity();
    const [held, free] = [newSaga({ saga: identity.saga }), newSaga({ saga: identity.saga })];
    await storage.start(held);
    await storage.start(free);
    const connection = await database.connect();
    await connection.query('BEGIN');
    await connection.query('SELECT FROM saga.saga_execution WHERE id = $1 FOR UPDATE', [held.sagaId]);

    const worker = await newWorker();
    const claimed = await storage.claim({ worker, sagas: [identity], limit: 10 });
    await connection.query('ROLLBACK');
    const rest = await storage.claim({ worker, sagas: [identity], limit: 10 });

    expect(claimed.map(({ header }) => header.sagaId)).toEqual([free.sagaId]);
    expect(rest.map(({ header }) => header.sagaId)).toEqual([held.sagaId]);
  });

  it("does not claim a saga whose owner writes the claim's place at the same moment", async () => {
    const identity = newIdentity();
    const saga = newSaga({ saga: identity.saga });
    await storage.start(saga);
    const connection = await database.connect();
    await connection.query('BEGIN');
    await connection.query(
      `INSERT INTO saga.saga_log (saga_id, seq, kind, worker) VALUES ($1, 1, 'settled', 'late-worker')`,
      [saga.sagaId],
    );

    const claiming = storage.claim({ worker: await newWorker(), sagas: [identity], limit: 10 });
    await waitForLock(database);
    await connection.query('COMMIT');

    expect(await claiming).toEqual([]);
    expect((await storage.load(saga.sagaId))?.header).toMatchObject({ status: 'pending', owner: undefined });
    expect((await storage.load(saga.sagaId))?.entries.map(({ kind }) => kind)).toEqual(['settled']);
  });

  it('gives the journal up to its own claim, so that later entries are not a part of it', async () => {
    const identity = newIdentity();
    const saga = newSaga({ saga: identity.saga });
    await storage.start(saga);
    const cancel = { kind: 'cancel-requested', reason: 'r' } as const;
    await storage.append(append(saga.sagaId, 1, { worker: undefined, entry: cancel }));
    const [claimed] = await storage.claim({ worker: await newWorker(), sagas: [identity], limit: 10 });
    await storage.append(append(saga.sagaId, 3, { worker: undefined, entry: cancel }));

    const { text } = readClaimedStatement(tablesOf('saga'));
    const rows = await database.query(text, [[saga.sagaId], [2]]);

    expect(claimed?.entries.map(({ kind }) => kind)).toEqual(['cancel-requested', 'claimed']);
    expect(rows.map(({ kind }) => kind)).toEqual(['cancel-requested', 'claimed']);
  });

  it('keeps a worker that renews alive, and gives its sagas away once it has not, by the clock of the database', async () => {
    const identity = newIdentity();
    const worker = await newWorker();
    await storage.start(newSaga({ saga: identity.saga, owner: worker }));
    const expiry = async () => {
      const [row] = await database.query(
        'SELECT expires_at, expires_at > clock_timestamp() AS lives FROM saga.saga_worker WHERE id = $1',
        [worker],
      );
      return row as { readonly expires_at: Date; readonly lives: boolean };
    };
    let last = await expiry();
    for (let round = 0; round < 3; round++) {
      expect(await storage.renewWorker(worker, leaseMs)).toBe(true);
      const renewed = await expiry();
      expect(renewed.expires_at.getTime()).toBeGreaterThan(last.expires_at.getTime());
      expect(renewed.lives).toBe(true);
      expect(await other.releaseExpired([identity], 10)).toBe(0);
      last = renewed;
    }

    expect(await storage.renewWorker(worker, 1)).toBe(true);
    await until('the release', async () => (await other.releaseExpired([identity], 10)) === 1);
    expect((await expiry()).lives).toBe(false);
    expect(await storage.renewWorker(worker, leaseMs)).toBe(false);
  });

  it('never lets two storages append in one place, though they steal a saga from each other at random', async () => {
    const identity = newIdentity();
    const sagas = Array.from({ length: 10 }, () => newSaga({ saga: identity.saga }));
    for (const saga of sagas) await storage.start(saga);
    const stored: string[] = [];
    const steal = async (view: TypeOrmSagaStorage): Promise<void> => {
      const worker = randomUUID();
      await view.registerWorker(worker, leaseMs);
      for (let round = 0; round < 30; round++) {
        await database.query(
          `UPDATE saga.saga_execution SET owner = NULL, next_run_at = now()
           WHERE id IN (SELECT id FROM saga.saga_execution WHERE saga_name = $1 ORDER BY random() LIMIT 3)`,
          [identity.saga],
        );
        const claimed = await view.claim({ worker, sagas: [identity], limit: 3 });
        await Promise.all(
          claimed.map(async ({ header, entries }) => {
            const seq = entries.length + 1;
            const result = await view.append(append(header.sagaId, seq, { worker }));
            if (result === 'stored') stored.push(`${header.sagaId} ${seq} ${worker}`);
          }),
        );
      }
    };

    await Promise.all([steal(storage), steal(other), steal(storage), steal(other)]);

    const written = await database.query(
      `SELECT saga_id || ' ' || seq || ' ' || worker AS entry FROM saga.saga_log
       JOIN saga.saga_execution ON id = saga_id WHERE saga_name = $1 AND kind = 'act-completed'`,
      [identity.saga],
    );
    expect(stored.toSorted()).toEqual(written.map(({ entry }) => String(entry)).toSorted());
    const gaps = await database.query(
      `SELECT saga_id FROM saga.saga_log GROUP BY saga_id HAVING max(seq) <> count(*)`,
    );
    expect(gaps).toEqual([]);
    // A late writer is fenced by the claim that came between: only the last claimant wrote after it.
    const fenced = await database.query(
      `SELECT entry.saga_id FROM saga.saga_log AS entry
       JOIN saga.saga_log AS previous ON previous.saga_id = entry.saga_id AND previous.seq = entry.seq - 1
       JOIN saga.saga_execution ON id = entry.saga_id
       WHERE saga_name = $1 AND entry.kind = 'act-completed' AND previous.worker <> entry.worker`,
      [identity.saga],
    );
    expect(fenced).toEqual([]);
  });

  it('makes one saga of 64 starts with one key from 4 processes', async () => {
    const processes = await Promise.all(
      Array.from({ length: 4 }, () =>
        runProcess('processes/start-sagas.mjs', [], { DATABASE_URL: database.url }),
      ),
    );

    expect(processes.map(({ code, errors }) => ({ code, errors }))).toEqual(
      Array.from({ length: 4 }, () => ({ code: 0, errors: '' })),
    );
    const answers = processes.flatMap(
      ({ output }) => JSON.parse(output) as { readonly kind: string; readonly sagaId: string }[],
    );
    expect(answers).toHaveLength(64);
    expect(answers.filter(({ kind }) => kind === 'started')).toHaveLength(1);
    expect(new Set(answers.map(({ sagaId }) => sagaId)).size).toBe(1);
    expect(await database.query(`SELECT FROM saga.saga_execution WHERE saga_key = 'one-key'`)).toHaveLength(
      1,
    );
  });
});

async function waitForLock(database: TestDatabase): Promise<void> {
  await until('the lock', async () => {
    const waiting =
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    return (await database.query(waiting)).length > 0;
  });
}
