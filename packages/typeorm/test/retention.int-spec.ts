import { readFile } from 'node:fs/promises';
import { append, newSaga, toCompleted } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

const readme = new URL('../README.md', import.meta.url);

describe('the statement in the README that deletes finished sagas', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  it('takes the sagas that ended long ago with their journals, and leaves all others', async () => {
    const storage = await database.openStorage();
    const start = async (key: string, change?: typeof toCompleted): Promise<void> => {
      const saga = newSaga({ key });
      await storage.start(saga);
      await storage.append(append(saga.sagaId, 1, change === undefined ? {} : { change }));
    };
    await start('old and completed', toCompleted);
    await start('old and failed', { ...toCompleted, status: 'failed' });
    await start('old and stuck', { ...toCompleted, status: 'stuck' });
    await start('old and open');
    await start('old and completed today', toCompleted);
    await start('new and completed', toCompleted);
    const long = "now() - interval '91 days'";
    await database.query(`UPDATE saga.saga_execution SET created_at = ${long} WHERE saga_key LIKE 'old%'`);
    await database.query(
      `UPDATE saga.saga_execution SET updated_at = ${long} WHERE saga_key LIKE 'old%' AND saga_key NOT LIKE '%today'`,
    );

    const page = await readFile(readme, 'utf8');
    const [, statement = ''] = /^## Deleting finished sagas$.*?^```sql\n(.*?)^```$/ms.exec(page) ?? [];
    await database.query(statement);

    const kept = ['new and completed', 'old and completed today', 'old and open', 'old and stuck'];
    expect(await database.query('SELECT saga_key FROM saga.saga_execution ORDER BY 1')).toEqual(
      kept.map((saga_key) => ({ saga_key })),
    );
    expect(
      await database.query(
        'SELECT saga_key FROM saga.saga_log JOIN saga.saga_execution ON id = saga_id ORDER BY 1',
      ),
    ).toEqual(kept.map((saga_key) => ({ saga_key })));
    expect(await database.query('SELECT FROM saga.saga_log')).toHaveLength(kept.length);
  });
});
