import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

describe('the check of a storage that is in use', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  it('passes if the schema fits or is newer, and fails if it is older or missing', async () => {
    const storage = await database.openStorage();
    await storage.check();

    await database.query("INSERT INTO saga.saga_migration (version, name) VALUES (1000, 'a later one')");
    await storage.check();

    await database.query('DELETE FROM saga.saga_migration');
    await expect(storage.check()).rejects.toMatchObject({ code: 'SAGA_SCHEMA_MISMATCH', problem: 'missing' });

    await database.query('DROP SCHEMA saga CASCADE');
    await expect(storage.check()).rejects.toMatchObject({ code: 'SAGA_STORAGE_FAILED' });
  });
});
