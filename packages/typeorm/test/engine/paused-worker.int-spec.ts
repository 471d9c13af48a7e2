import { describeEntry } from '@nest-saga/testing';
import type { TypeOrmSagaStorage } from '../../src/typeorm-saga-storage.js';
import { createTestDatabase } from '../test-database.js';
import type { TestDatabase } from '../test-database.js';
import { until } from '../until.js';
import { SpawnedWorker } from './spawned-worker.js';
import { workTables } from './worker-messages.js';
import type { WorkerSettings } from './worker-messages.js';

describe('a worker process that is paused past its lease while in an act', () => {
  let database: TestDatabase;
  let storage: TypeOrmSagaStorage;
  const workers: SpawnedWorker[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    storage = await database.openStorage({ hints: false });
    await database.query(workTables);
  });
  afterAll(async () => {
    for (const worker of workers) await worker.kill();
    await database.close();
  });

  const openWorker = async (settings: Partial<WorkerSettings>): Promise<SpawnedWorker> => {
    const worker = await SpawnedWorker.open({
      url: database.url,
      lease: { leaseDurationMs: 6_000, renewalIntervalMs: 500, safetyMarginMs: 500 },
      recovery: { intervalMs: 200 },
      watchIntervalMs: 200,
      ...settings,
    });
    workers.push(worker);
    return worker;
  };
  const everythingStored = async () => ({
    sagas: await database.query('SELECT * FROM saga.saga_execution ORDER BY id'),
    journal: await database.query('SELECT * FROM saga.saga_log ORDER BY saga_id, seq'),
    calls: await database.query('SELECT * FROM call ORDER BY id'),
  });

  it('loses its sagas to another process, and resumed writes nothing, starts nothing, compensates nothing and reports the stopped runs', async () => {
    const [first, second] = await Promise.all([openWorker({ holds: true }), openWorker({ holds: false })]);
    const sagaIds = [
      await first.start({ charge: 'hold' }),
      await first.start({ charge: 'hold-and-throw' }),
      await first.start({ charge: 'hold' }),
    ];
    const callsOf = async ({ pid }: SpawnedWorker): Promise<readonly string[]> => {
      const calls = await database.query('SELECT what FROM call WHERE process = $1 ORDER BY what', [pid]);
      return calls.map(({ what }) => String(what));
    };
    await until('three acts under way', async () => {
      const calls = await callsOf(first);
      return calls.filter((call) => call === 'act charge').length === 3;
    });

    first.signal('SIGSTOP');
    await second.until('the end of all sagas', async () => {
      const headers = await Promise.all(sagaIds.map((sagaId) => storage.find(sagaId)));
      return headers.every((header) => header?.status === 'completed');
    });
    for (const sagaId of sagaIds) {
      expect((await storage.load(sagaId))?.entries.map(describeEntry)).toEqual([
        'act-completed reserve',
        'claimed from running',
        'act-completed charge',
        'act-completed ship',
      ]);
    }
    const before = await everythingStored();

    // Everything that it waited for comes at once: its timers, the answers, and the events for its acts.
    await database.query('INSERT INTO gate VALUES (true)');
    first.signal('SIGCONT');
    await first.until('three acts that return too late', () => {
      return first.messages.filter(({ kind }) => kind === 'hold-over').length === 3;
    });
    await first.until('a word about each saga', () =>
      sagaIds.every((sagaId) => first.eventsOf(sagaId).some(({ type }) => type === 'stopped')),
    );
    // It takes a new lease and looks for work: it lives on, and wants nothing of these sagas.
    await first.until('a new lease', () => first.countOf('lease-acquired') === 2);
    const sweeps = first.countOf('swept');
    await first.until('two more sweeps', () => first.countOf('swept') >= sweeps + 2);

    expect(await everythingStored()).toEqual(before);
    expect(first.countOf('lease-lost')).toBe(1);
    for (const sagaId of sagaIds) {
      const events = first.eventsOf(sagaId);
      expect(events.map(({ type }) => type)).toEqual(['started', 'step', 'stopped']);
      // By its own clock or, if an answer overtook the clock, by the claim that it found in the journal.
      expect(['lease-lost', 'fenced']).toContain(events.at(-1)?.reason);
    }
    expect(await callsOf(first)).toEqual([
      ...Array.from({ length: 3 }, () => 'act charge'),
      ...Array.from({ length: 3 }, () => 'act reserve'),
    ]);
    const afterwards = await first.start({ charge: 'answer' });
    await first.until('a saga that it starts now', async () => {
      return (await storage.find(afterwards))?.status === 'completed';
    });
  });
});
