import { jest } from '@jest/globals';
import type { Migration } from '../src/postgres/migrations/migration.js';
import { newSaga } from './sample-saga.js';
import type { TestDatabase } from './test-database.js';

const addNote: Migration = {
  version: 3,
  name: 'note',
  up: ({ execution }) => [`ALTER TABLE ${execution} ADD COLUMN note text`],
};

/** This package as its next release might be: with one migration more. */
async function importNextRelease() {
  const { allMigrations } = await import('../src/postgres/migrations/all-migrations.js');
  jest.unstable_mockModule('../src/postgres/migrations/all-migrations.js', () => ({
    allMigrations: [...allMigrations, addNote],
    schemaVersion: 3,
  }));
  const { sagaMigrationSql } = await import('../src/postgres/migrations/migration-sql.js');
  const { SagaTablesMigration } = await import('../src/postgres/migrations/saga-tables-migration.js');
  const { createTestDatabase } = await import('./test-database.js');
  return { sagaMigrationSql, SagaTablesMigration, createTestDatabase };
}

describe('a schema of the version before', () => {
  let release: Awaited<ReturnType<typeof importNextRelease>>;
  let database: TestDatabase;
  const saga = newSaga();

  beforeAll(async () => {
    release = await importNextRelease();
  });
  beforeEach(async () => {
    database = await release.createTestDatabase();
    for (const statement of release.sagaMigrationSql({ to: 2 })) await database.query(statement);
    const storage = await database.openStorage({ migrations: 'off' });
    await storage.start(saga);
  });
  afterEach(() => database.close());

  const readVersions = () => database.query('SELECT version, name FROM saga.saga_migration ORDER BY version');
  const bothVersions = [
    { version: 1, name: 'journal' },
    { version: 2, name: 'waiting' },
    { version: 3, name: 'note' },
  ];

  it('is refused with the three remedies if it may not be changed, and is not changed', async () => {
    const opening = database.openStorage({ migrations: 'check' });

    await expect(opening).rejects.toMatchObject({ problem: 'older', found: 2, needed: 3 });
    await expect(opening).rejects.toThrow(/migrations: 'auto'.*npx nest-saga migrate.*sagaMigrationSql/);
    expect(await readVersions()).toEqual(bothVersions.slice(0, 2));
  });

  it('is refused with the three remedies by a start whose role may not change it, and left as it is', async () => {
    const { role, url } = await database.createRole('');
    await database.query(`GRANT USAGE ON SCHEMA saga TO ${role}`);
    await database.query(`GRANT SELECT, INSERT ON saga.saga_migration TO ${role}`);
    const opening = database.openStorage({ migrations: 'auto' }, { url });

    await expect(opening).rejects.toMatchObject({ problem: 'forbidden', found: 2, needed: 3 });
    await expect(opening).rejects.toThrow(/migrations: 'auto'.*npx nest-saga migrate.*sagaMigrationSql/);
    expect(await readVersions()).toEqual(bothVersions.slice(0, 2));
  });

  it('is noticed by the check of a storage that is in use', async () => {
    const storage = await database.openStorage({ migrations: 'off' });
    await expect(storage.check()).rejects.toMatchObject({ problem: 'older', found: 2, needed: 3 });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a start', () => database.openStorage({ migrations: 'auto' })],
    [
      'the SQL from that version on',
      async () => {
        for (const statement of release.sagaMigrationSql({ from: 2 })) await database.query(statement);
      },
    ],
    [
      'a migration of the application',
      async () => {
        class BringSagaTablesUpToDate1767225600000 extends release.SagaTablesMigration {}
        const dataSource = await database.createDataSource({
          migrations: [BringSagaTablesUpToDate1767225600000],
        });
        await dataSource.runMigrations();
      },
    ],
  ])('is brought up to date by %s, and its sagas stay', async (_title, upgrade) => {
    await upgrade();

    expect(await readVersions()).toEqual(bothVersions);
    expect(await database.query('SELECT id, note FROM saga.saga_execution')).toEqual([
      { id: saga.sagaId, note: null },
    ]);
    const storage = await database.openStorage({ migrations: 'check' });
    expect(await storage.find(saga.sagaId)).toMatchObject({ status: 'pending' });
  });
});
