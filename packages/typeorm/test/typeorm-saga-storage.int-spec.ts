import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { actCompleted, append, newSaga, toCompleted } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

describe('TypeOrmSagaStorage', () => {
  let database: TestDatabase;
  let storage: TypeOrmSagaStorage;

  beforeAll(async () => {
    database = await createTestDatabase();
    storage = await database.openStorage();
  });
  afterAll(() => database.close());

  it('returns a saga as it was started and appended, byte for byte', async () => {
    const saga = newSaga({
      key: 'A-1',
      context: '{"b": 1.0, "a":"\\u0000 ünï"}',
      metadata: { traceparent: '00-1' },
      owner: 'worker-1',
    });
    expect(await storage.start(saga)).toEqual({ kind: 'started' });
    const entry = actCompleted('reserve', {
      context: '{"z":1,  "a":[1e3]}',
      response: 'null',
      events: '[1]',
    });
    expect(await storage.append(append(saga.sagaId, 1, { entry }))).toBe('stored');

    const loaded = await storage.load(saga.sagaId);

    expect(loaded?.header).toEqual({
      ...saga,
      status: 'running',
      nextRunAt: undefined,
      failure: undefined,
      stuck: undefined,
      createdAt: expect.any(Date),
      updatedAt: loaded?.header.createdAt,
    });
    expect(loaded?.entries).toEqual([{ ...entry, seq: 1, worker: 'worker-1', recordedAt: expect.any(Date) }]);
    const { context: _context, ...heading } = loaded?.header ?? {};
    expect(await storage.find(saga.sagaId)).toEqual(heading);
    expect(await storage.findByKey('order', 'A-1')).toEqual(heading);
  });

  it('answers "exists" with the header where the id or the key was taken', async () => {
    const first = newSaga({ key: 'taken' });
    await storage.start(first);

    const sameId = await storage.start(newSaga({ sagaId: first.sagaId }));
    const sameKey = await storage.start(newSaga({ key: 'taken' }));

    const header = (await storage.load(first.sagaId))?.header;
    expect(sameId).toEqual({ kind: 'exists', header });
    expect(sameKey).toEqual({ kind: 'exists', header });
  });

  it('fences an append whose `seq` is used, not yet reached, of an unknown saga or of one that has ended', async () => {
    const saga = newSaga({ owner: 'worker-1' });
    await storage.start(saga);
    await storage.append(append(saga.sagaId, 1));

    expect(await storage.append(append(saga.sagaId, 1))).toBe('fenced');
    expect(await storage.append(append(saga.sagaId, 3))).toBe('fenced');
    expect(await storage.append(append(newSaga().sagaId, 1))).toBe('fenced');
    expect(await storage.append(append(saga.sagaId, 2, { change: toCompleted }))).toBe('stored');
    expect(await storage.append(append(saga.sagaId, 3))).toBe('fenced');
    expect((await storage.load(saga.sagaId))?.header).toMatchObject({
      status: 'completed',
      owner: undefined,
    });
  });

  it('claims a queued saga, releases it, and claims it again with the whole journal', async () => {
    const saga = newSaga({ saga: 'claimed' });
    await storage.start(saga);
    await storage.registerWorker('worker-2', 30_000);
    const sagas = [{ saga: 'claimed', version: 1 }];

    const [first] = await storage.claim({ worker: 'worker-2', sagas, limit: 10 });
    expect(first?.header).toMatchObject({ sagaId: saga.sagaId, status: 'running', owner: 'worker-2' });
    expect(first?.entries).toMatchObject([{ kind: 'claimed', from: 'pending', seq: 1, worker: 'worker-2' }]);
    expect(await storage.listOwned('worker-2')).toEqual([saga.sagaId]);

    await storage.release([
      { sagaId: saga.sagaId, seq: 2, worker: 'worker-2', reason: 'shutdown', begun: [], delayMs: 0 },
    ]);
    const [second] = await storage.claim({ worker: 'worker-2', sagas, limit: 10, sagaId: saga.sagaId });
    expect(second?.entries.map(({ kind }) => kind)).toEqual(['claimed', 'released', 'claimed']);
  });
});
