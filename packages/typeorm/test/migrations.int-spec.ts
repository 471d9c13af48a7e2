import { readFile, writeFile } from 'node:fs/promises';
import type { DataSource } from 'typeorm';
import { schemaVersion } from '../src/postgres/migrations/all-migrations.js';
import { sagaMigrationSql } from '../src/postgres/migrations/migration-sql.js';
import { SagaTablesMigration } from '../src/postgres/migrations/saga-tables-migration.js';
import { runProcess } from './child-process.js';
import { describeSchema } from './describe-schema.js';
import { newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

const committedSchema = new URL('../schema.sql', import.meta.url);
const command = './processes/nest-saga.mjs';

class AddSagaTables1767225600000 extends SagaTablesMigration {}
class AddOtherSagaTables1767225600001 extends SagaTablesMigration {
  protected override readonly schema = 'Other_sagas';
}

describe('the schema', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  const roleDataSource = async (rights: string): Promise<DataSource> => {
    const { role, url } = await database.createRole('');
    for (const right of rights.split(';').filter((text) => text.trim() !== ''))
      await database.query(right.replaceAll(':role', role));
    return database.createDataSource({ url });
  };
  const makeEmptyVersionTable = async (): Promise<void> => {
    for (const statement of sagaMigrationSql({ to: 0 })) await database.query(statement);
  };
  const useRights = `
    GRANT USAGE ON SCHEMA saga TO :role;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA saga TO :role`;

  it('is made at the first start, and is the one in schema.sql', async () => {
    await database.openStorage();

    const schema = await describeSchema(database, 'saga');

    if (process.env['UPDATE_SCHEMA_SQL'] !== undefined) await writeFile(committedSchema, schema);
    expect(schema).toBe(await readFile(committedSchema, 'utf8'));
  });

  it('is made once where eight processes start at once on an empty database, and all come up', async () => {
    const processes = await Promise.all(
      Array.from({ length: 8 }, () =>
        runProcess('processes/open-storage.mjs', [], { DATABASE_URL: database.url }),
      ),
    );

    expect(processes).toEqual(Array.from({ length: 8 }, () => ({ code: 0, output: 'open\n', errors: '' })));
    expect(await database.query('SELECT version FROM saga.saga_migration')).toEqual([
      { version: 1 },
      { version: 2 },
    ]);
  });

  it.each(['check', 'auto'] as const)(
    'is used with "%s" by a role that may not change it',
    async (migrations) => {
      await database.openStorage();
      const storage = await database.openStorage({ dataSource: await roleDataSource(useRights), migrations });

      expect(await storage.start(newSaga())).toEqual({ kind: 'started' });
    },
  );

  it('is refused with the three remedies where it is missing and the role may not make it', async () => {
    const opening = database.openStorage({ dataSource: await roleDataSource(''), migrations: 'auto' });

    await expect(opening).rejects.toMatchObject({ code: 'SAGA_SCHEMA_MISMATCH', problem: 'forbidden' });
    await expect(opening).rejects.toThrow(/migrations: 'auto'.*npx nest-saga migrate.*sagaMigrationSql/s);
  });

  it('is refused with the three remedies if it is missing and may not be made', async () => {
    const opening = database.openStorage({ migrations: 'check' });

    await expect(opening).rejects.toMatchObject({ problem: 'missing', found: 0, needed: schemaVersion });
    await expect(opening).rejects.toThrow(/migrations: 'auto'.*npx nest-saga migrate.*sagaMigrationSql/s);
    expect(await database.query("SELECT to_regnamespace('saga') AS schema")).toEqual([{ schema: null }]);
  });

  it('is missing where no version is noted in the table of versions, and is left as it is', async () => {
    await makeEmptyVersionTable();
    const before = await describeSchema(database, 'saga');
    const opening = database.openStorage({ migrations: 'check' });

    await expect(opening).rejects.toMatchObject({ problem: 'missing', found: 0, needed: schemaVersion });
    await expect(opening).rejects.toThrow(/npx nest-saga migrate --schema saga/);
    expect(await describeSchema(database, 'saga')).toBe(before);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a start', () => database.openStorage()],
    ['the command', () => runProcess(command, ['migrate'], { DATABASE_URL: database.url })],
    ['the printed SQL', async () => database.query((await runProcess(command, ['sql'])).output)],
    [
      'a migration of the application',
      async () => {
        const dataSource = await database.createDataSource({ migrations: [AddSagaTables1767225600000] });
        await dataSource.runMigrations();
      },
    ],
  ])('is made by %s where no version is noted in the table of versions', async (_title, make) => {
    await makeEmptyVersionTable();

    await make();

    await database.openStorage({ migrations: 'check' });
    expect(await describeSchema(database, 'saga')).toBe(await readFile(committedSchema, 'utf8'));
  });

  it.each(['check', 'auto'] as const)(
    'is refused with "%s" by older code where it is newer',
    async (migrations) => {
      await database.openStorage();
      await database.query("INSERT INTO saga.saga_migration (version, name) VALUES (99, 'of the future')");

      const opening = database.openStorage({ migrations });

      await expect(opening).rejects.toMatchObject({ problem: 'newer', found: 99, needed: schemaVersion });
      await expect(opening).rejects.toThrow(/Install the version/);
    },
  );

  it('is only checked where NODE_ENV is "production" and nothing else is said', async () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      await expect(database.openStorage()).rejects.toMatchObject({ problem: 'missing' });
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });

  it('is not looked at where migrations are off', async () => {
    await expect(database.openStorage({ migrations: 'off', hints: false })).resolves.toBeDefined();
  });

  it('can have another name, next to one with the usual name, and their sagas do not mix', async () => {
    const [usual, other] = [await database.openStorage(), await database.openStorage({ schema: 'Other_1' })];
    const saga = newSaga({ key: 'A-1' });
    await usual.start(saga);

    expect(await other.find(saga.sagaId)).toBeUndefined();
    expect(await other.start(newSaga({ key: 'A-1' }))).toEqual({ kind: 'started' });
    expect(
      (await describeSchema(database, 'Other_1'))
        .replaceAll('"Other_1"', 'saga')
        .replaceAll('Other_1', 'saga'),
    ).toBe(await describeSchema(database, 'saga'));
  });

  it('is made in a schema that is there already, by a role that may create tables there', async () => {
    await database.query('CREATE SCHEMA saga');
    const dataSource = await roleDataSource('GRANT USAGE, CREATE ON SCHEMA saga TO :role');

    const storage = await database.openStorage({ dataSource, migrations: 'auto' });

    expect(await storage.start(newSaga())).toEqual({ kind: 'started' });
  });

  it('is made by a TypeORM migration of the application, and unmade by its reversal', async () => {
    const dataSource = await database.createDataSource({
      migrations: [AddSagaTables1767225600000, AddOtherSagaTables1767225600001],
    });
    await dataSource.runMigrations();
    await database.openStorage({ migrations: 'check' });
    await database.openStorage({ migrations: 'check', schema: 'Other_sagas' });
    expect(await describeSchema(database, 'saga')).toBe(await readFile(committedSchema, 'utf8'));

    await dataSource.undoLastMigration();
    await dataSource.undoLastMigration();
    expect(await describeSchema(database, 'saga')).toBe('\n');
  });

  it('is made by the printed SQL', async () => {
    const { output } = await runProcess(command, ['sql']);
    await database.query(output);

    await database.openStorage({ migrations: 'check' });
    expect(await describeSchema(database, 'saga')).toBe(await readFile(committedSchema, 'utf8'));
  });

  it('is made by the command, which shows the version before and after', async () => {
    const environment = { DATABASE_URL: database.url };
    const before = await runProcess(command, ['status'], environment);
    const migrated = await runProcess(command, ['migrate'], environment);
    const again = await runProcess(command, ['migrate', '--schema', 'saga'], environment);
    const after = await runProcess(command, ['status', '--url', database.url]);

    expect([before.code, migrated.code, again.code, after.code]).toEqual([1, 0, 0, 0]);
    expect(before.output).toContain('There are no saga tables');
    expect(migrated.output).toContain('Migrated from version 0');
    expect(again.output).toContain('Nothing to do');
    expect(after.output).toContain('as needed');
  });

  it('is left alone by a command that cannot be understood or cannot connect, which says why', async () => {
    const unknown = await runProcess(command, ['destroy']);
    const nowhere = await runProcess(command, ['status', '--url', 'postgres://127.0.0.1:1/none']);
    const unsafe = await runProcess(command, ['sql', '--schema', 'x"; DROP TABLE y']);

    expect(unknown).toMatchObject({
      code: 2,
      errors: expect.stringContaining('There is no command "destroy".'),
    });
    expect(nowhere).toMatchObject({ code: 1, errors: expect.stringContaining('ECONNREFUSED') });
    expect(unsafe).toMatchObject({ code: 2, errors: expect.stringContaining('schema') });
  });
});
