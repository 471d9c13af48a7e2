import { describeEntry } from '@nest-saga/testing';
import type { TypeOrmSagaStorage } from '../../src/typeorm-saga-storage.js';
import { createTestDatabase } from '../test-database.js';
import type { TestDatabase } from '../test-database.js';
import { newSaga } from '../sample-saga.js';
import { SpawnedWorker } from './spawned-worker.js';
import { workTables } from './worker-messages.js';
import type { WorkContext } from './worker-messages.js';

describe('a saga whose step kills its process each time', () => {
  let database: TestDatabase;
  let storage: TypeOrmSagaStorage;
  let worker: SpawnedWorker;

  beforeAll(async () => {
    database = await createTestDatabase();
    storage = await database.openStorage();
    await database.query(workTables);
  });
  afterAll(async () => {
    await worker.kill();
    await database.close();
  });

  const enqueue = async (context: WorkContext): Promise<string> => {
    const saga = newSaga({ saga: 'work', context: JSON.stringify(context) });
    await storage.start(saga);
    return saga.sagaId;
  };
  const spawn = (): SpawnedWorker =>
    SpawnedWorker.spawn({
      url: database.url,
      lease: { leaseDurationMs: 600_000, renewalIntervalMs: 10_000, safetyMarginMs: 1_000 },
      recovery: { intervalMs: 100 },
    });

  it('is STUCK with recovery-exhausted after 5 recoveries, and the others go on', async () => {
    const deadly = await enqueue({ charge: 'kill' });
    const others = [await enqueue({ charge: 'answer' })];
    const isStuck = async () => (await storage.find(deadly))?.status === 'stuck';
    const ends: (NodeJS.Signals | null)[] = [];

    for (worker = spawn(); ; worker = spawn()) {
      await worker.until('the end of the process, or of the saga', async () => {
        return worker.hasExited || (await isStuck());
      });
      if (!worker.hasExited) break;
      ends.push(worker.endedBy);
      // Its lease ends here and not by time: a short one could be lost on a busy machine.
      await database.query('UPDATE saga.saga_worker SET expires_at = clock_timestamp()');
      others.push(await enqueue({ charge: 'answer' }));
    }

    // The first run and five recoveries.
    expect(ends).toEqual(Array.from({ length: 6 }, () => 'SIGKILL'));
    const { header, entries } = (await storage.load(deadly)) ?? {};
    expect(header).toMatchObject({
      owner: undefined,
      stuck: { reason: 'recovery-exhausted', step: 'charge' },
    });
    expect(entries?.map(describeEntry)).toEqual([
      'claimed from pending',
      'act-completed reserve',
      ...Array.from({ length: 6 }, () => 'claimed from running'),
      'stuck of recovery-exhausted',
    ]);
    expect(
      await database.query(
        'SELECT what, count(*)::integer FROM call WHERE saga_id = $1 GROUP BY 1 ORDER BY 1',
        [deadly],
      ),
    ).toEqual([
      { what: 'act charge', count: 6 },
      { what: 'act reserve', count: 1 },
    ]);
    await worker.until('the end of the others', async () => {
      const headers = await Promise.all(others.map((sagaId) => storage.find(sagaId)));
      return headers.every((other) => other?.status === 'completed');
    });
    expect(worker.hasExited).toBe(false);
  });
});
