import { loadSaga } from '../src/cli/index.js';
import { newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

describe('what the command reads of one saga', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  it.each([undefined, 'Other_sagas'])(
    'is what the storage itself reads, in the schema %s',
    async (schema) => {
      const storage = await database.openStorage(schema === undefined ? {} : { schema });
      const saga = newSaga();
      await storage.start(saga);
      await storage.append({
        sagaId: saga.sagaId,
        seq: 1,
        worker: undefined,
        entry: { kind: 'cancel-requested', reason: 'the customer called' },
      });

      const loaded = await loadSaga(saga.sagaId, { url: database.url, schema });

      expect(loaded?.entries).toMatchObject([{ seq: 1, kind: 'cancel-requested' }]);
      expect(loaded).toEqual(await storage.load(saga.sagaId));
    },
  );

  it('is nothing where there is no such saga', async () => {
    await database.openStorage();
    const nowhere = '01890a5d-ac96-774b-bcce-b302099a8057';
    await expect(loadSaga(nowhere, { url: database.url })).resolves.toBeUndefined();
  });

  it('fails with what the server says where there are no tables', async () => {
    const read = loadSaga(newSaga().sagaId, { url: database.url, schema: 'nothing_here' });
    await expect(read).rejects.toThrow(/"nothing_here\.saga_\w+" does not exist/);
  });

  it('takes no schema whose name could do harm', async () => {
    const read = loadSaga(newSaga().sagaId, { url: database.url, schema: 'saga"; --' });
    await expect(read).rejects.toMatchObject({ code: 'SAGA_INVALID_ARGUMENT' });
  });
});
