import pg from 'pg';
import type { DataSource } from 'typeorm';
import { append, newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { until } from './until.js';

describe("the application's pool", () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  const ownSessions = () =>
    database.query(
      "SELECT pid, usename, application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name IN ('nest-saga hints', 'nest-saga heartbeat') ORDER BY application_name",
    );

  it('may be another one: a data source that was destroyed and initialized again is used', async () => {
    const dataSource = await database.createDataSource();
    const storage = await database.openStorage({ dataSource });
    await storage.registerWorker('worker-1', 60_000);
    await until('hints', () => storage.isListening === true);
    const before = await ownSessions();
    const saga = newSaga({ owner: 'worker-1' });
    await storage.start(saga);

    await dataSource.destroy();
    await expect(storage.start(newSaga())).rejects.toMatchObject({ outcome: 'not-written' });
    await moveTo(dataSource, (await createMember()).url);

    expect(await storage.append(append(saga.sagaId, 1))).toBe('stored');
    expect(await storage.renewWorker('worker-1', 60_000)).toBe(true);
    await until('hints', async () => storage.isListening === true && (await ownSessions()).length === 2);
    const after = await ownSessions();
    const pids = new Set(after.map(({ pid }) => pid));
    expect(before.filter(({ pid }) => pids.has(pid))).toEqual([]);
    expect(new Set(after.map(({ usename }) => usename)).size).toBe(1);
    expect(after[0]?.['usename']).not.toBe(before[0]?.['usename']);
  });

  it('may be closed by the application before the storage that had initialized it', async () => {
    const dataSource = await database.createDataSource();
    await dataSource.destroy();
    const storage = await database.openStorage({ dataSource, hints: false });
    await dataSource.destroy();
    await expect(storage.close()).resolves.toBeUndefined();
  });

  it.each([
    ['onConnect', 'hook'],
    ['verify', 'hook'],
    ['connect', 'listener'],
  ])('does to own connections what its %s %s does to each', async (name) => {
    const { role: owner } = await database.createRole('');
    const { role, url } = await database.createRole('NOINHERIT');
    await database.query(`GRANT CREATE ON DATABASE ${database.name} TO ${owner}`);
    await database.query(`GRANT ${owner} TO ${role}`);
    const setRole = (client: pg.Client) => client.query(`SET ROLE ${owner}`);
    const verify = (client: pg.Client, done: (error?: Error) => void) => {
      client.query(`SET ROLE ${owner}`, (error) => done(error));
    };
    const extra = { onConnect: { onConnect: setRole }, verify: { verify }, connect: {} }[name];
    const driver = name === 'connect' ? { ...pg, Pool: poolThatListens(setRole) } : pg;
    const storage = await database.openStorage({}, { url, extra, driver });
    await storage.registerWorker('worker-1', 60_000);
    await storage.start(newSaga({ owner: 'worker-1' }));
    await until('hints', () => storage.isListening === true);
    // A role cannot be dropped before its objects.
    await database.query('DROP SCHEMA saga CASCADE');
    await database.query(`REVOKE CREATE ON DATABASE ${database.name} FROM ${owner}`);
  });

  it('may have a listener that fails: no connection is made without it', async () => {
    const refuse = (client: pg.PoolClient) => {
      const { connectionParameters } = client as unknown as Parameterized;
      if (connectionParameters.application_name?.startsWith('nest-saga') === true)
        throw new Error('not this one');
    };
    const driver = { ...pg, Pool: poolThatListens(refuse) };
    const storage = await database.openStorage({ hints: false, migrations: 'off' }, { driver });
    await expect(storage.registerWorker('worker-1', 60_000)).rejects.toMatchObject({
      cause: { message: 'not this one' },
    });
    await until('no session', async () => (await ownSessions()).length === 0);
  });

  it('may refuse a connection: it is said why, and no session is left', async () => {
    const extra = {
      onConnect: (client: pg.Client & Parameterized) => {
        if (client.connectionParameters.application_name?.startsWith('nest-saga') === true)
          throw new Error('not this one');
      },
    };
    const storage = await database.openStorage({ hints: false, migrations: 'off' }, { extra });
    await expect(storage.registerWorker('worker-1', 60_000)).rejects.toMatchObject({
      cause: { message: 'not this one' },
    });
    await until('no session', async () => (await ownSessions()).length === 0);
  });

  it('may be of a driver that hides its inside', async () => {
    class Hidden extends pg.Client {
      constructor(options: pg.ClientConfig) {
        super(options);
        return new Proxy(this, {
          get: (target, key) => {
            if (key === 'connection') return undefined;
            const value: unknown = Reflect.get(target, key, target);
            return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          },
        });
      }
    }
    class HiddenPool extends pg.Pool {
      constructor(options: pg.PoolConfig) {
        super(Object.assign(options, { Client: Hidden as unknown as new () => pg.ClientBase }));
      }
    }
    const storage = await database.openStorage({}, { driver: { ...pg, Pool: HiddenPool } });
    const sagas = Array.from({ length: 50 }, () => newSaga());
    await Promise.all(sagas.map((saga) => storage.start(saga)));
    await Promise.all(
      sagas.map(async ({ sagaId }) => expect(await storage.append(append(sagaId, 1))).toBe('stored')),
    );
    expect(await storage.append(append(newSaga().sagaId, 1))).toBe('fenced');
  });

  const createMember = async () => {
    const created = await database.createRole('');
    await database.query(`GRANT ALL ON SCHEMA saga TO ${created.role}`);
    await database.query(`GRANT ALL ON ALL TABLES IN SCHEMA saga TO ${created.role}`);
    return created;
  };
});

interface Parameterized {
  readonly connectionParameters: { readonly application_name?: string };
}

/** The class of a pool with a listener for each new connection. */
function poolThatListens(listener: (client: pg.PoolClient) => unknown) {
  return class extends pg.Pool {
    constructor(options: pg.PoolConfig) {
      super(options);
      this.on('connect', (client) => void listener(client));
    }
  };
}

/** An application does this when its credentials were renewed. */
async function moveTo(dataSource: DataSource, url: string): Promise<void> {
  dataSource.setOptions({ url });
  await dataSource.initialize();
}
