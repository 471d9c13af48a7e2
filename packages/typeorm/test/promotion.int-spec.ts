import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import { startEmbeddedPostgres } from '@nest-saga/embedded-postgres';
import type { EmbeddedPostgres } from '@nest-saga/embedded-postgres';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { append, newSaga } from './sample-saga.js';
import { until } from './until.js';

const run = promisify(execFile);
const settings = { fsync: 'off', full_page_writes: 'off' };

describe('a standby that is promoted', () => {
  let directory: string;
  const servers: EmbeddedPostgres[] = [];
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nest-saga-promotion-'));
    // Run as root, the servers are another user's.
    await chmod(directory, 0o711);
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
    for (const server of servers) await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const start = async (name: string, more: Readonly<Record<string, string>> = {}) => {
    const dataDirectory = join(directory, name);
    const server = await startEmbeddedPostgres({ dataDirectory, settings: { ...settings, ...more } });
    servers.push(server);
    return server;
  };
  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    ends.push(() => client.end());
    return client;
  };
  const openStorage = async (url: string) => {
    const dataSource = new DataSource({ type: 'postgres', url, poolErrorHandler: () => undefined });
    await dataSource.initialize();
    const storage = new TypeOrmSagaStorage({ dataSource, hints: false, statementTimeoutMs: 1_000 });
    await storage.open();
    ends.push(async () => {
      await storage.close().catch(() => undefined);
      await dataSource.destroy();
    });
    return storage;
  };
  /** A copy of a server that is stopped, its owner included, that will follow it as a standby. */
  const copyAsStandby = async (from: string, to: string) => {
    const copy = join(directory, to);
    await run('cp', ['-a', join(directory, from), copy]);
    await run('cp', ['-a', join(copy, 'PG_VERSION'), join(copy, 'standby.signal')]);
  };

  it('has every start and every entry that was acknowledged, those of the time when it was away included', async () => {
    const empty = await start('primary');
    await empty.stop();
    await copyAsStandby('primary', 'standby');
    const primary = await start('primary');
    const person = await connect(primary.url);
    const isSynchronous = async () =>
      (await person.query("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'")).rows.length > 0;
    await person.query("ALTER SYSTEM SET synchronous_standby_names = 'follower'");
    await person.query('SELECT pg_reload_conf()');
    const standby = await start('standby', {
      primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres application_name=follower`,
    });
    await until('the replication', isSynchronous);

    const storage = await openStorage(primary.url);
    const acknowledged = new Map<string, number>();
    const unacknowledged: string[] = [];
    const write = async (): Promise<void> => {
      const saga = newSaga({ owner: 'worker-1' });
      try {
        await storage.start(saga);
        acknowledged.set(saga.sagaId, 0);
        await storage.append(append(saga.sagaId, 1));
        acknowledged.set(saga.sagaId, 1);
      } catch {
        unacknowledged.push(saga.sagaId);
      }
    };
    const writeMany = () => Promise.all(Array.from({ length: 20 }, write));
    await writeMany();
    expect(acknowledged.size).toBe(20);

    await standby.stop();
    await until('the end of the replication', async () => !(await isSynchronous()));
    const askedAgain = newSaga({ owner: 'worker-1' });
    // As a caller does who wants to know, while a person breaks off what waits.
    for (let attempt = 1; attempt <= 3; attempt++) {
      await expect(storage.start(askedAgain)).rejects.toMatchObject({ code: 'SAGA_STORAGE_FAILED' });
      await person.query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    }
    expect(await storage.find(askedAgain.sagaId)).toBeDefined();
    await writeMany();
    expect(acknowledged.size).toBe(20);

    process.kill(primary.pid, 'SIGQUIT');
    await standby.restart('fast');
    const promoter = await connect(standby.url);
    await promoter.query('SELECT pg_promote()');
    const promoted = await openStorage(standby.url);
    for (const [sagaId, entries] of acknowledged)
      expect((await promoted.load(sagaId))?.entries).toHaveLength(entries);
    for (const sagaId of [askedAgain.sagaId, ...unacknowledged])
      expect(await promoted.find(sagaId)).toBeUndefined();
    expect(await promoted.start(newSaga())).toEqual({ kind: 'started' });
  });
});
