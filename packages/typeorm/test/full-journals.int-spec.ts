import { maximumSeq } from '@nest-saga/core/storage-kit';
import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

describe('a journal that has no place left', () => {
  let database: TestDatabase;
  let storage: TypeOrmSagaStorage;
  const sagas = [{ saga: 'order', version: 1 }];

  beforeEach(async () => {
    database = await createTestDatabase();
    storage = await database.openStorage();
    await storage.registerWorker('worker-1', 600_000);
  });
  afterEach(() => database.close());

  const startFull = async (owner?: string): Promise<string> => {
    const saga = newSaga({ owner });
    await storage.start(saga);
    await database.query(
      "INSERT INTO saga.saga_log (saga_id, seq, kind, detail) VALUES ($1, $2, 'released', '{}')",
      [saga.sagaId, maximumSeq],
    );
    return saga.sagaId;
  };

  it('is marked, and the claim takes the others', async () => {
    const full = await startFull();
    const other = newSaga();
    await storage.start(other);

    const claimed = await storage.claim({ worker: 'worker-1', sagas, limit: 10 });

    expect(claimed.map(({ header }) => header.sagaId)).toEqual([other.sagaId]);
    expect(await storage.find(full)).toMatchObject({
      status: 'stuck',
      owner: undefined,
      stuck: { reason: 'journal-full' },
    });
    expect(await storage.claim({ worker: 'worker-1', sagas, limit: 10 })).toEqual([]);
  });

  it('does not prevent the release of another saga', async () => {
    const full = await startFull('worker-1');
    const other = newSaga({ owner: 'worker-1' });
    await storage.start(other);
    const release = (sagaId: string) =>
      ({
        sagaId,
        seq: undefined,
        worker: 'worker-1',
        reason: 'shutdown',
        begun: [],
        delayMs: 0,
      }) as const;

    await storage.release([release(full), release(other.sagaId)]);

    expect(await storage.listOwned('worker-1')).toEqual([full]);
  });
});
