import { randomUUID } from 'node:crypto';
import { expect, jest } from '@jest/globals';
import { isSagaError } from '@nest-saga/core/storage-kit';
import { startEmbeddedPostgres } from '@nest-saga/embedded-postgres';
import type { EmbeddedPostgres } from '@nest-saga/embedded-postgres';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import type { TypeOrmSagaStorageOptions } from '../src/typeorm-saga-storage-options.js';
import { append, newSaga } from './sample-saga.js';
import { createEngine } from './test-engine.js';
import { until } from './until.js';

describe('a server whose synchronous standby is away', () => {
  let server: EmbeddedPostgres;
  let person: pg.Client;
  let probe: pg.Client;
  let dataSource: DataSource;
  const open: TypeOrmSagaStorage[] = [];

  beforeAll(async () => {
    server = await startEmbeddedPostgres({ settings: { fsync: 'off', full_page_writes: 'off' } });
    person = new pg.Client({ connectionString: server.url });
    await person.connect();
    probe = new pg.Client({ connectionString: server.url });
    await probe.connect();
    dataSource = new DataSource({ type: 'postgres', url: server.url, poolErrorHandler: () => undefined });
    await dataSource.initialize();
  });
  afterEach(async () => {
    await setStandby('');
    for (const storage of open.splice(0)) await storage.close();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await Promise.all([person.end(), probe.end()]);
    await server.stop();
  });

  const openStorage = async (options: Partial<TypeOrmSagaStorageOptions> = {}) => {
    const storage = new TypeOrmSagaStorage({ dataSource, hints: false, ...options });
    open.push(storage);
    await storage.open();
    return storage;
  };
  const setStandby = async (name: string): Promise<void> => {
    // Every connection reads the new setting before its next statement.
    await person.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
    await person.query('SELECT pg_reload_conf()');
    await until('the setting', async () => {
      const { rows } = await person.query<{ name: string }>(
        "SELECT current_setting('synchronous_standby_names') AS name",
      );
      return rows[0]?.name === name;
    });
    // Whether a backend waits is for the checkpointer to say, which reads the setting a little later.
    await until('what the setting does', async () => (name === '' ? !(await isWaiting()) : doCommitsWait()));
  };
  /** Commits a transaction, and calls it off if it waits. */
  const doCommitsWait = async (): Promise<boolean> => {
    let isCommitted = false;
    const { processID } = probe as unknown as { readonly processID: number };
    const committing = probe
      .query("SELECT pg_logical_emit_message(true, 'probe', '')")
      .then(() => (isCommitted = true));
    let doesWait = false;
    await until('a commit, or its wait', async () => {
      doesWait = (await waiting()).includes(processID);
      return doesWait || isCommitted;
    });
    if (doesWait) await person.query('SELECT pg_cancel_backend($1)', [processID]);
    await committing;
    return doesWait;
  };
  const waiting = async (): Promise<readonly number[]> =>
    (
      await person.query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
    ).rows.map(({ pid }) => pid);
  const isWaiting = async (): Promise<boolean> => (await waiting()).length > 0;
  const cancelWaits = async (): Promise<void> => {
    for (const pid of await waiting()) await person.query('SELECT pg_cancel_backend($1)', [pid]);
    await until('the end of the waits', async () => !(await isWaiting()));
  };

  it('keeps its transactions waiting: none is cancelled because its caller no longer waits', async () => {
    const storage = await openStorage({ statementTimeoutMs: 300 });
    const saga = newSaga();
    await setStandby('absent');

    await expect(storage.start(saga)).rejects.toMatchObject({ outcome: 'unknown' });
    await storage.start(newSaga()).catch(() => undefined);
    expect(await storage.find(saga.sagaId)).toBeUndefined();
    await expect(storage.start(saga)).rejects.toBeInstanceOf(Error);
    expect(await isWaiting()).toBe(true);
    await setStandby('');
    expect(await storage.start(saga)).toMatchObject({ kind: 'exists' });
  });

  it('does not make a start durable by an earlier one that is there, and was not replicated', async () => {
    const storage = await openStorage({ statementTimeoutMs: 300 });
    const saga = newSaga({ key: 'order-1' });
    await setStandby('absent');
    await storage.start(saga).catch(() => undefined);
    await cancelWaits();

    expect(await storage.find(saga.sagaId)).toMatchObject({ key: 'order-1' });
    await expect(storage.start(saga)).rejects.toMatchObject({ operation: 'start', outcome: 'unknown' });
    await expect(storage.start(newSaga({ key: 'order-1' }))).rejects.toBeInstanceOf(Error);
    await setStandby('');
    expect(await storage.start(saga)).toMatchObject({ kind: 'exists' });
  });

  it('does not make an entry durable by its place that is taken', async () => {
    const storage = await openStorage({ statementTimeoutMs: 300 });
    const saga = newSaga({ owner: 'worker-1' });
    await storage.start(saga);
    await setStandby('absent');
    await storage.append(append(saga.sagaId, 1)).catch(() => undefined);
    await cancelWaits();

    expect((await storage.load(saga.sagaId))?.entries).toHaveLength(1);
    await expect(storage.append(append(saga.sagaId, 1))).rejects.toMatchObject({
      operation: 'append',
      outcome: 'unknown',
    });
    await expect(storage.untilDurable()).rejects.toMatchObject({ outcome: 'unknown' });
    await setStandby('');
    expect(await storage.append(append(saga.sagaId, 1))).toBe('fenced');
    await expect(storage.untilDurable()).resolves.toBeUndefined();
  });

  it('is not believed where a person broke the wait off and the server says that the write is done', async () => {
    const storage = await openStorage();
    const saga = newSaga();
    await setStandby('absent');
    const starting = storage.start(saga).then(
      () => 'resolved',
      (error: unknown) => error,
    );
    await until('the wait', isWaiting);
    await cancelWaits();
    expect(await starting).toMatchObject({ operation: 'start', outcome: 'unknown' });
  });

  it('takes no more than a few connections, answers at once that nothing was written, and continues when the standby is there', async () => {
    const warn = jest.fn();
    const storage = await openStorage({ statementTimeoutMs: 200, logger: { warn } });
    await setStandby('absent');
    const isRefused = async (): Promise<boolean> => {
      const error = await storage.start(newSaga()).catch((reason: unknown) => reason);
      return isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome === 'not-written';
    };

    await until('a write that is refused', isRefused);
    const waits = (await waiting()).length;
    for (let more = 0; more < 20; more++) expect(await isRefused()).toBe(true);
    await expect(storage.start(newSaga())).rejects.toMatchObject({
      operation: 'start',
      outcome: 'not-written',
      cause: { message: expect.stringContaining('synchronous_standby_names') },
    });
    await expect(storage.untilDurable()).rejects.toMatchObject({ outcome: 'not-written' });
    await expect(storage.registerWorker('w', 30_000)).rejects.toMatchObject({ outcome: 'not-written' });
    await expect(storage.find(randomUUID())).resolves.toBeUndefined();
    expect(await waiting()).toHaveLength(waits);
    expect(waits).toBeLessThanOrEqual(6);
    expect(storage.problem).toMatch(/synchronous standby/);
    expect(warn).toHaveBeenCalledTimes(2);

    await setStandby('');
    await until('a write that is taken', async () => !(await isRefused()));
    await until('that it knows', () => storage.problem === undefined);
  });

  it('keeps a saga at its position: it continues when the standby is there, and nothing is undone or done twice', async () => {
    // The sagas of the other tests are elsewhere.
    const storage = await openStorage({ statementTimeoutMs: 200, schema: 'engine' });
    let goOn = (): void => undefined;
    const acts = [jest.fn(() => new Promise<void>((resolve) => (goOn = resolve))), jest.fn(() => undefined)];
    const engine = createEngine(acts, { storage });
    await engine.open();
    const started = await engine.starter.start({}, { saga: 'order' });
    await until('the first act', () => acts[0]?.mock.calls.length === 1);
    await setStandby('absent');

    goOn();
    await until('that nothing more is written', async () => {
      const error = await storage.untilDurable().catch((reason: unknown) => reason);
      return isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome === 'not-written';
    });
    expect(acts[1]).not.toHaveBeenCalled();
    await setStandby('');

    expect(await engine.reader.outcome(started.sagaId)).toMatchObject({ status: 'completed' });
    expect(acts.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    await engine.close();
    open.splice(open.indexOf(storage), 1);
  });

  it('takes no more than a few connections for leases either', async () => {
    const storage = await openStorage();
    await setStandby('absent');
    const register = () => storage.registerWorker(randomUUID(), 1_000).catch((reason: unknown) => reason);

    await until('a lease that is refused', async () => {
      const error = await register();
      return isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome === 'not-written';
    });
    const waits = (await waiting()).length;
    for (let more = 0; more < 20; more++)
      expect(await register()).toMatchObject({ operation: 'registerWorker', outcome: 'not-written' });
    expect(await waiting()).toHaveLength(waits);
    expect(waits).toBeLessThanOrEqual(6);
  });
});
