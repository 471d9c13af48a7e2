import { rmSync } from 'node:fs';
import { createTestDatabase } from '../test-database.js';
import type { TestDatabase } from '../test-database.js';
import { until } from '../until.js';
import { checkOutEarlierRelease, missingEarlierRelease } from './earlier-release.js';
import { SpawnedWorker } from './spawned-worker.js';
import { workTables } from './worker-messages.js';
import type { WorkerSettings } from './worker-messages.js';

const missing = missingEarlierRelease();
if (missing !== undefined)
  console.warn(`Skipped: processes of two releases on one database. Reason: ${missing}.`);

(missing === undefined ? describe : describe.skip)('processes of two releases on one database', () => {
  let database: TestDatabase;
  let release = '';
  const workers: SpawnedWorker[] = [];

  beforeAll(async () => {
    release = checkOutEarlierRelease();
    database = await createTestDatabase();
    await (await database.openStorage()).close();
    await database.query(workTables);
  });
  afterAll(async () => {
    for (const worker of workers) await worker.kill();
    await database.close();
    rmSync(release, { recursive: true });
  });
  afterEach(() => database.query('DELETE FROM gate'));

  const settingsOf = (holds: boolean, sweep: object): WorkerSettings => ({
    url: database.url,
    holds,
    watchIntervalMs: 100,
    recovery: sweep,
  });
  const open = async (worker: Promise<SpawnedWorker>) => {
    workers.push(await worker);
    return worker;
  };
  const openNew = (holds = false) => open(SpawnedWorker.open(settingsOf(holds, { intervalMs: 100 })));
  const openOld = (holds = false) =>
    open(SpawnedWorker.open(settingsOf(holds, { sweepIntervalMs: 100 }), release));

  /** Ends a process at once, and the leases of all that have ended. */
  const crash = async (worker: SpawnedWorker, other: SpawnedWorker) => {
    await worker.kill();
    expect(other.hasExited).toBe(false);
    await database.query(
      `UPDATE saga.saga_worker SET expires_at = clock_timestamp()
       WHERE id IN (SELECT owner FROM saga.saga_execution WHERE owner IS NOT NULL)`,
    );
  };
  const statusesOf = async (sagaIds: readonly string[]) => {
    const rows = await database.query('SELECT status FROM saga.saga_execution WHERE id = ANY ($1::uuid[])', [
      sagaIds,
    ]);
    return rows.map(({ status }) => status);
  };
  const untilAllAre = (status: string, sagaIds: readonly string[]) =>
    until(`${sagaIds.length} sagas that are ${status}`, async () =>
      (await statusesOf(sagaIds)).every((one) => one === status),
    );

  it('run the sagas that each of them started and queued to their ends', async () => {
    const [before, after] = await Promise.all([openOld(), openNew()]);
    const sagaIds: string[] = [];
    for (let round = 0; round < 20; round++) {
      sagaIds.push(await before.start({ charge: 'answer' }), await after.start({ charge: 'answer' }));
      sagaIds.push(await before.enqueue({ charge: 'answer' }), await after.enqueue({ charge: 'answer' }));
    }
    await untilAllAre('completed', sagaIds);
    await Promise.all([before.kill(), after.kill()]);
  });

  it.each([
    ['new', 'old'],
    ['old', 'new'],
  ])('lose nothing when the %s one dies in the middle: the %s one continues', async (first) => {
    const dying = await (first === 'new' ? openNew(true) : openOld(true));
    const sagaIds: string[] = [];
    for (let round = 0; round < 10; round++) sagaIds.push(await dying.start({ charge: 'hold' }));
    await until('ten acts that are held', async () => {
      const [row] = await database.query(
        "SELECT count(*)::integer AS calls FROM call WHERE what = 'act charge' AND saga_id = ANY ($1::uuid[])",
        [sagaIds],
      );
      return row?.['calls'] === 10;
    });
    const surviving = await (first === 'new' ? openOld() : openNew());
    await crash(dying, surviving);
    await untilAllAre('completed', sagaIds);
    const [row] = await database.query(
      "SELECT count(*)::integer AS claims FROM saga.saga_log WHERE kind = 'claimed' AND saga_id = ANY ($1::uuid[])",
      [sagaIds],
    );
    expect(row?.['claims']).toBe(10);
    await surviving.kill();
  });

  it('leave alone a saga whose steps left its context as it was, until a process that can read it is there', async () => {
    const dying = await openNew(true);
    const kept = await dying.start({ charge: 'hold', isKept: true });
    await until('an act that is held', async () => {
      const [row] = await database.query(
        "SELECT count(*)::integer AS calls FROM call WHERE what = 'act charge' AND saga_id = $1",
        [kept],
      );
      return row?.['calls'] === 1;
    });
    const before = await openOld();
    await crash(dying, before);
    await until('a saga that was released', async () => {
      const [row] = await database.query(
        "SELECT owner, status, next_run_at > now() + interval '1 minute' AS later FROM saga.saga_execution WHERE id = $1",
        [kept],
      );
      return row?.['owner'] === null && row['later'] === true && row['status'] === 'running';
    });
    await database.query('UPDATE saga.saga_execution SET next_run_at = now() WHERE id = $1', [kept]);
    await before.kill();
    const after = await openNew();
    await untilAllAre('completed', [kept]);
    await after.kill();
  });

  it('leave alone what they cannot understand: it is released, and nothing else is stuck by it', async () => {
    const queueing = await openNew(true);
    const strange = await queueing.start({ charge: 'hold' });
    await until('an act that is held', async () => {
      const [row] = await database.query(
        "SELECT count(*)::integer AS calls FROM call WHERE what = 'act charge' AND saga_id = $1",
        [strange],
      );
      return row?.['calls'] === 1;
    });
    await queueing.kill();
    await database.query(
      `INSERT INTO saga.saga_log (saga_id, seq, kind, recorded_at)
       SELECT saga_id, max(seq) + 1, 'of-a-later-release', now() FROM saga.saga_log WHERE saga_id = $1 GROUP BY 1`,
      [strange],
    );
    await database.query(
      'UPDATE saga.saga_worker SET expires_at = clock_timestamp() WHERE id = (SELECT owner FROM saga.saga_execution WHERE id = $1)',
      [strange],
    );
    const before = await openOld();
    await until('a saga that was released', async () => {
      const [row] = await database.query(
        "SELECT owner, status, next_run_at > now() + interval '1 minute' AS later FROM saga.saga_execution WHERE id = $1",
        [strange],
      );
      return row?.['owner'] === null && row['later'] === true && row['status'] === 'running';
    });
    await untilAllAre('completed', [await before.start({ charge: 'answer' })]);
    await before.kill();
  });
});
