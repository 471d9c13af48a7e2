import { createDatabase, dropDatabase } from '@nest-saga/embedded-postgres';
import { TypeOrmSagaStorage } from '@nest-saga/typeorm';
import { DataSource } from 'typeorm';
import { describeBadInput } from '../src/bad-input/describe-bad-input.js';

const serverUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';
const name = `bad_input_${process.pid}_${Date.now()}`;
// Each run takes several round trips to the database.
const runs = Number(process.env['BAD_INPUT_RUNS'] ?? '60');

describe('on PostgreSQL', () => {
  let dataSource: DataSource;

  afterAll(async () => {
    await dataSource.destroy();
    await dropDatabase(serverUrl, name);
  });

  describeBadInput(
    'in PostgreSQL',
    async () => {
      const url = await createDatabase(serverUrl, name);
      dataSource = new DataSource({ type: 'postgres', url });
      await dataSource.initialize();
      return new TypeOrmSagaStorage({ dataSource, migrations: 'auto' });
    },
    runs,
  );
});
