import { randomUUID } from 'node:crypto';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

describe('a listener of group commits', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  it('gets the number of starts that one statement wrote, until it is removed, and its error harms no start', async () => {
    const storage = await database.openStorage();
    const sizes: number[] = [];
    storage.onGroupWritten(() => {
      throw new Error('a broken listener');
    });
    const end = storage.onGroupWritten((entries) => sizes.push(entries));

    const results = await Promise.all([start(), start(), start()]);
    expect(results).toEqual(Array.from({ length: 3 }, () => ({ kind: 'started' })));
    expect(sizes).toEqual([3]);

    end();
    await start();
    expect(sizes).toEqual([3]);

    function start() {
      return storage.start({
        sagaId: randomUUID(),
        saga: 'order',
        version: 1,
        key: undefined,
        context: '{}',
        metadata: {},
        owner: undefined,
      });
    }
  });
});
