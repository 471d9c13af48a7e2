import { append, newSaga, toCompleted } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

describe('a row that another connection holds', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  it('fails only the saga that another connection holds, soon, and writes the ones that travel with it', async () => {
    const storage = await database.openStorage();
    const [held, ...free] = Array.from({ length: 10 }, () => newSaga({ owner: 'worker-1' }));
    if (held === undefined) throw new Error('unreachable');
    for (const saga of [held, ...free]) await storage.start(saga);
    const connection = await database.connect();
    await connection.query('BEGIN');
    await connection.query('SELECT FROM saga.saga_execution WHERE id = $1 FOR UPDATE', [held.sagaId]);

    const finish = (sagaId: string) => storage.append(append(sagaId, 1, { change: toCompleted }));
    const together = await Promise.allSettled([held, ...free].map(({ sagaId }) => finish(sagaId)));
    const alone = await finish(held.sagaId).catch((error: unknown) => error);
    await connection.query('ROLLBACK');

    expect(together.map((result) => result.status)).toEqual(['rejected', ...free.map(() => 'fulfilled')]);
    const [first] = together.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    for (const error of [first, alone])
      expect(error).toMatchObject({
        operation: 'append',
        outcome: 'not-written',
        cause: { sqlState: '55P03' },
      });
    for (const { sagaId } of free) expect(await storage.find(sagaId)).toMatchObject({ status: 'completed' });
    expect(await finish(held.sagaId)).toBe('stored');
  });

  it('releases all sagas except the one that another connection holds', async () => {
    const storage = await database.openStorage();
    const [held, ...free] = Array.from({ length: 4 }, () => newSaga({ owner: 'worker-1' }));
    if (held === undefined) throw new Error('unreachable');
    for (const saga of [held, ...free]) await storage.start(saga);
    const connection = await database.connect();
    await connection.query('BEGIN');
    await connection.query('SELECT FROM saga.saga_execution WHERE id = $1 FOR UPDATE', [held.sagaId]);

    const release = ({ sagaId }: { readonly sagaId: string }) =>
      ({ sagaId, seq: 1, worker: 'worker-1', reason: 'shutdown', begun: [], delayMs: 0 }) as const;
    await expect(storage.release([held, ...free].map(release))).rejects.toMatchObject({
      operation: 'release',
      outcome: 'not-written',
    });
    await connection.query('ROLLBACK');

    expect(await storage.listOwned('worker-1')).toEqual([held.sagaId]);
  });
});
