import { createDatabase, dropDatabase } from '@nest-saga/embedded-postgres';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';
import { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import type { TypeOrmSagaStorageOptions } from '../src/typeorm-saga-storage-options.js';

type PostgresOptions = Extract<DataSourceOptions, { readonly type: 'postgres' }>;

/** A database of its own for one spec file, and everything that was opened on it. */
export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** A storage with a data source of its own, as another process has; closed with the database. */
  openStorage(
    options?: Partial<TypeOrmSagaStorageOptions>,
    dataSource?: Partial<PostgresOptions>,
  ): Promise<TypeOrmSagaStorage>;
  createDataSource(options?: Partial<PostgresOptions>): Promise<DataSource>;
  /** A plain connection, for looking and for interfering. */
  connect(): Promise<pg.Client>;
  /** A plain connection to another database of the same server. */
  connectToServer(): Promise<pg.Client>;
  /** A role of its own, gone with the database. Answers the url with which it connects. */
  createRole(attributes: string): Promise<{ readonly role: string; readonly url: string }>;
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

let databases = 0;

async function dropRoles(serverUrl: string, roles: readonly string[]): Promise<void> {
  if (roles.length === 0) return;
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  for (const role of roles) await client.query(`DROP ROLE ${role}`);
  await client.end();
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';
  databases += 1;
  const name = `typeorm_${process.pid}_${Date.now()}_${databases}`;
  const url = await createDatabase(serverUrl, name);
  const open: (() => Promise<unknown>)[] = [];

  const connect = async (connectionString = url) => {
    const client = new pg.Client({ connectionString });
    client.on('error', () => undefined);
    await client.connect();
    open.push(() => client.end());
    return client;
  };
  const own = await connect();
  const roles: string[] = [];

  const createDataSource = async (options: Partial<PostgresOptions> = {}) => {
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      poolErrorHandler: () => undefined,
      ...options,
    });
    await dataSource.initialize();
    open.push(async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
    });
    return dataSource;
  };

  return {
    name,
    url,
    connect: () => connect(),
    connectToServer: () => connect(serverUrl),
    createDataSource,
    openStorage: async (options = {}, dataSourceOptions = {}) => {
      const dataSource = options.dataSource ?? (await createDataSource(dataSourceOptions));
      const storage = new TypeOrmSagaStorage({ ...options, dataSource });
      open.push(() => storage.close());
      await storage.open();
      return storage;
    },
    createRole: async (attributes) => {
      const role = `${name}_${roles.length}`;
      await own.query(`CREATE ROLE ${role} ${attributes} LOGIN PASSWORD 'secret'`);
      roles.push(role);
      const roleUrl = new URL(url);
      roleUrl.username = role;
      roleUrl.password = 'secret';
      return { role, url: roleUrl.href };
    },
    query: async (text, values = []) => (await own.query<Record<string, unknown>>(text, [...values])).rows,
    close: async () => {
      for (const end of open.toReversed()) await end();
      await dropDatabase(serverUrl, name);
      await dropRoles(serverUrl, roles);
    },
  };
}
