import { ParticipantTableError } from '../src/errors/participant-table-error.js';
import { SagaBarrier } from '../src/barrier/saga-barrier.js';
import { participantMigrationSql, SagaParticipantMigration } from '../src/table/participant-migration.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

class AddSagaParticipant1767225600000 extends SagaParticipantMigration {}

describe('the table of the barrier', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  const columns = (schema = 'saga') =>
    database.query(
      `SELECT column_name FROM information_schema.columns
       WHERE table_schema = $1 AND table_name = 'saga_participant' ORDER BY ordinal_position`,
      [schema],
    );

  it('is created at the start of several processes at once', async () => {
    const dataSource = await database.connect();
    const starts = Array.from({ length: 6 }, () => new SagaBarrier(dataSource, { schema: 'jobs' }).open());
    await Promise.all(starts);
    const names = (await columns('jobs')).map(({ column_name: name }) => name);
    expect(names).toEqual(['saga_id', 'step', 'action', 'state', 'reply', 'at']);
  });

  it('is created and dropped by a migration of TypeORM', async () => {
    const dataSource = await database.connect({ migrations: [AddSagaParticipant1767225600000] });
    await dataSource.runMigrations();
    expect(await columns()).toHaveLength(6);
    await new SagaBarrier(dataSource, { migrations: 'check' }).open();
    await dataSource.undoLastMigration();
    expect(await columns()).toEqual([]);
  });

  it('is created by its SQL, which may be repeated', async () => {
    for (const statement of [...participantMigrationSql(), ...participantMigrationSql()])
      await database.query(statement);
    expect(await columns()).toHaveLength(6);
  });

  it('is not created by a start that only checks, whose error lists the three ways', async () => {
    const dataSource = await database.connect();
    const start = new SagaBarrier(dataSource, { migrations: 'check' }).open();
    await expect(start).rejects.toThrow(ParticipantTableError);
    await expect(start).rejects.toThrow(
      /migrations: 'auto'.*SagaParticipantMigration.*participantMigrationSql/,
    );
    await new SagaBarrier(dataSource, { migrations: 'off' }).open();
    expect(await columns()).toEqual([]);
  });

  it('is refused in a schema whose name is none', () => {
    expect(() => participantMigrationSql({ schema: 'a"b' })).toThrow('"a\\"b"');
  });
});
