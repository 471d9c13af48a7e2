import { createDatabase, dropDatabase } from '@nest-saga/embedded-postgres';
import { DataSource } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';

type PostgresOptions = Extract<DataSourceOptions, { readonly type: 'postgres' }>;
export type Row = Readonly<Record<string, unknown>>;

/** The database of a service, for one spec file, with a table for the effects of its commands. */
export interface TestDatabase {
  readonly url: string;
  /** A data source that ends with the database. */
  connect(options?: Partial<PostgresOptions>): Promise<DataSource>;
  query(text: string, values?: unknown[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

let databases = 0;

export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';
  databases += 1;
  const name = `participant_${process.pid}_${Date.now()}_${databases}`;
  const url = await createDatabase(serverUrl, name);
  const open: DataSource[] = [];
  const connect = async (options: Partial<PostgresOptions> = {}) => {
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      poolErrorHandler: () => undefined,
      ...options,
    });
    await dataSource.initialize();
    open.push(dataSource);
    return dataSource;
  };
  const own = await connect();
  await own.query('CREATE TABLE effect (id serial PRIMARY KEY, saga_id uuid NOT NULL, action text NOT NULL)');
  return {
    url,
    connect,
    query: (text, values = []) => own.query(text, values),
    close: async () => {
      for (const dataSource of open.toReversed()) await dataSource.destroy();
      await dropDatabase(serverUrl, name);
    },
  };
}
