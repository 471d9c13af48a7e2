import { jest } from '@jest/globals';
import pg from 'pg';
import { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { createEngine } from './test-engine.js';
import { until } from './until.js';

type Method = (this: pg.Client, ...parameters: unknown[]) => unknown;

const clients = pg.Client.prototype as unknown as Record<'connect' | 'query', Method>;

/** Stands between the calls of all clients and the driver. */
function surround(
  method: keyof typeof clients,
  around: (connection: string, call: () => unknown) => unknown,
): void {
  const original = clients[method];
  jest.spyOn(clients, method).mockImplementation(function (this: pg.Client, ...parameters) {
    return around(nameOf(this), () => Reflect.apply(original, this, parameters));
  });
}

describe('the opening of a storage', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
    const dataSource = await database.createDataSource();
    await database.openStorage({ dataSource, hints: false });
    await dataSource.destroy();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await database.close();
  });

  /** The purposes of the connections that are made from now on, and the statements on all of them. */
  const watch = () => {
    const connections: string[] = [];
    const statements: string[] = [];
    surround('connect', (connection, connect) => {
      connections.push(connection);
      return connect();
    });
    surround('query', (connection, query) => {
      statements.push(connection);
      return query();
    });
    return { connections, statements };
  };
  /** Keeps the connections for hints from being made until it is called. */
  const holdHints = () => {
    let letThem = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letThem = resolve;
    });
    surround('connect', (connection, connect) => (connection === 'hints' ? held.then(connect) : connect()));
    return letThem;
  };

  it('makes no connection of its own to see that the tables fit: the application has one', async () => {
    const dataSource = await database.createDataSource();
    const seen = watch();
    await database.openStorage({ dataSource, hints: false });
    expect(seen).toEqual({ connections: [], statements: ['application', 'application'] });
  });

  it.each([
    ['runs sagas', true, ['heartbeat', 'hints']],
    ['runs none', false, ['hints']],
  ])('an engine that %s makes no connection that it does not keep', async (_title, worker, needed) => {
    const dataSource = await database.createDataSource();
    const storage = new TypeOrmSagaStorage({ dataSource });
    const { connections } = watch();
    const engine = createEngine([() => undefined], { storage, worker, recovery: { enabled: false } });
    await engine.open();
    expect(connections.toSorted()).toEqual(needed);
    await engine.close();
  });

  it('waits for no connection for hints, and looks for work once there is one', async () => {
    const dataSource = await database.createDataSource();
    const letThem = holdHints();
    const storage = await database.openStorage({ dataSource });
    const hints: unknown[] = [];
    storage.onHint?.((hint) => hints.push(hint));
    letThem();
    await until('the hint', () => hints.length > 0);
    expect(hints).toEqual([{ kind: 'work' }]);
  });

  it('sends others hints of sagas that were queued before it had its connection for hints', async () => {
    const other = await database.connect();
    const told: string[] = [];
    other.on('notification', ({ payload = '' }) => told.push(payload));
    await other.query('LISTEN nest_saga_saga');
    const letThem = holdHints();
    const storage = await database.openStorage();
    await storage.start(newSaga());
    letThem();
    await until('the hint', () => told.length === 2);
    expect(told.toSorted()).toEqual(['hello', 'work']);
  });

  it('can be followed by the end at once: no session is left', async () => {
    const dataSource = await database.createDataSource();
    const storage = await database.openStorage({ dataSource });
    await storage.close();
    await dataSource.destroy();
    const sessions = () =>
      database.query(`SELECT application_name FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`);
    await until('the end of all sessions', async () => (await sessions()).length === 0);
    expect(await sessions()).toEqual([]);
  });

  it('does not wait for the pool where the application holds all of it', async () => {
    const dataSource = await database.createDataSource({ poolSize: 1 });
    const runner = dataSource.createQueryRunner();
    await runner.connect();
    const { connections } = watch();
    await database.openStorage({ dataSource, hints: false });
    expect(connections).toEqual(['migration']);
    await runner.release();
  });

  it('gets over a connection of the pool that turns out to be lost', async () => {
    const dataSource = await database.createDataSource();
    const { connections } = watch();
    jest.spyOn(clients, 'query').mockImplementationOnce(() => Promise.reject(new Error('lost')));
    await database.openStorage({ dataSource, hints: false });
    expect(connections).toEqual(['migration']);
  });

  it.each(['auto', 'check', 'off'] as const)(
    'is refused in plain words for a database that cannot hold every text: migrations "%s"',
    async (migrations) => {
      const server = await database.connectToServer();
      const name = `${database.name}_latin1`;
      await server.query(
        `CREATE DATABASE ${name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
      );
      const url = new URL(database.url);
      url.pathname = `/${name}`;
      const dataSource = await database.createDataSource({ url: url.href });
      const storage = new TypeOrmSagaStorage({ dataSource, migrations });
      await expect(storage.open()).rejects.toMatchObject({
        code: 'SAGA_DATABASE_ENCODING',
        encoding: 'LATIN1',
        message: expect.stringContaining('encoding UTF8') as unknown,
      });
      await storage.close();
      await dataSource.destroy();
      await server.query(`DROP DATABASE ${name}`);
    },
  );
});

function nameOf(client: pg.Client): string {
  const { application_name: name } = Reflect.get(client, 'connectionParameters') as {
    readonly application_name?: string;
  };
  return /^nest-saga (.*)/.exec(name ?? '')?.[1] ?? 'application';
}
