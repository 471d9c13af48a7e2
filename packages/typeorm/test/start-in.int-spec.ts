import { randomUUID } from 'node:crypto';
import { sagaSignal, SagaNotFoundError, waitFor } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep, SimulatedProcess } from '@nest-saga/testing';
import type { ScriptedSaga } from '@nest-saga/testing';
import type { DataSource } from 'typeorm';
import {
  addTransactionalDataSource,
  deleteDataSourceByName,
  initializeTransactionalContext,
  runInTransaction,
  StorageDriver,
} from 'typeorm-transactional';
import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { RealClock } from './engine/real-clock.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

/** No sweep comes in time: whatever runs was claimed after a commit. */
const seldom = { recovery: { intervalMs: 3_600_000 } };
const delivered = sagaSignal('delivered');
const failure = new Error('the order is wrong');

describe('a saga that is started in a transaction of the application', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let storage: TypeOrmSagaStorage;
  let process: SimulatedProcess;
  let saga: ScriptedSaga;
  let warnings: string[];

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await database.createDataSource();
    await dataSource.query('CREATE TABLE orders (id uuid PRIMARY KEY)');
    warnings = [];
    const logger = { warn: (message: string) => warnings.push(message) };
    storage = await database.openStorage({ dataSource, hints: false, logger });
    saga = scriptedSaga('order', [new ScriptedStep('pay'), new ScriptedStep('mail')]);
    const parcel = scriptedSaga('parcel', [waitFor('delivery', [delivered]), new ScriptedStep('thank')]);
    process = new SimulatedProcess({ sagas: [saga, parcel], storage, clock: new RealClock(), ...seldom });
    await process.engine.open();
  });
  afterEach(async () => {
    await process.engine.close();
    await database.close();
  });

  const starter = () => process.engine.starter;
  const startIn = (manager: object, key = randomUUID(), name = 'order') =>
    starter().startIn('startIn', manager, {}, { saga: name, key });
  const orders = async () => (await database.query('SELECT id FROM orders')).length;
  const saveOrder = (manager: { query(text: string): Promise<unknown> }) =>
    manager.query('INSERT INTO orders VALUES (gen_random_uuid())');

  it('runs here as soon as the transaction is committed', async () => {
    const started = await dataSource.transaction(async (manager) => {
      await saveOrder(manager);
      return startIn(manager);
    });
    await expect(process.outcome(started)).resolves.toMatchObject({ status: 'completed' });
    expect(await orders()).toBe(1);
    expect(process.listener.typesOf(started.sagaId).slice(0, 2)).toEqual(['started', 'claimed']);
  });

  it('does not exist if the transaction is rolled back', async () => {
    let outcome: Promise<unknown> = Promise.resolve();
    const transaction = dataSource.transaction(async (manager) => {
      await saveOrder(manager);
      const started = await startIn(manager);
      outcome = process.outcome(started).catch((error: unknown) => error);
      throw failure;
    });
    await expect(transaction).rejects.toBe(failure);
    await expect(outcome).resolves.toBeInstanceOf(SagaNotFoundError);
    expect(await orders()).toBe(0);
    expect(saga.calls).toEqual([]);
  });

  it('does not exist if the connection of the transaction breaks', async () => {
    let outcome: Promise<unknown> = Promise.resolve();
    const transaction = dataSource.transaction(async (manager) => {
      const started = await startIn(manager);
      outcome = process.outcome(started).catch((error: unknown) => error);
      const [{ pid }] = (await manager.query('SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
      await database.query('SELECT pg_terminate_backend($1)', [pid]);
      await saveOrder(manager);
    });
    await expect(transaction).rejects.toThrow();
    await expect(outcome).resolves.toBeInstanceOf(SagaNotFoundError);
  });

  it('is part of the transaction of a query runner', async () => {
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    const [started, other] = [await startIn(runner), await startIn(runner.manager)];
    await runner.commitTransaction();
    await runner.release();
    await expect(process.outcome(started)).resolves.toMatchObject({ status: 'completed' });
    await expect(process.outcome(other)).resolves.toMatchObject({ status: 'completed' });
  });

  it('runs after the outermost commit, and does not exist if a savepoint within it is rolled back', async () => {
    let gone: Promise<unknown> = Promise.resolve();
    const started = await dataSource.transaction(async (manager) => {
      const kept = await manager.transaction((nested) => startIn(nested));
      await manager
        .transaction(async (nested) => {
          gone = process.outcome(await startIn(nested)).catch((error: unknown) => error);
          throw failure;
        })
        .catch(() => undefined);
      expect(saga.calls).toEqual([]);
      return kept;
    });
    await expect(process.outcome(started)).resolves.toMatchObject({ status: 'completed' });
    await expect(gone).resolves.toBeInstanceOf(SagaNotFoundError);
    expect(saga.calls).toEqual(['act pay', 'act mail']);
  });

  it('attaches to the saga that has its key already', async () => {
    const key = randomUUID();
    const first = await process.start({}, { key });
    const second = await dataSource.transaction((manager) => startIn(manager, key));
    expect(second.sagaId).toBe(first.sagaId);
    const transaction = dataSource.transaction((manager) =>
      starter().startIn('startIn', manager, { other: 1 }, { saga: 'order', key }),
    );
    await expect(transaction).rejects.toMatchObject({ code: 'SAGA_CONFLICT' });
  });

  it('leaves the limits of the transaction as they were', async () => {
    const settings = `SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement`;
    const [before] = await database.query(settings);
    await dataSource.transaction(async (manager) => {
      await startIn(manager);
      await expect(manager.query(settings)).resolves.toEqual([before]);
    });
  });

  it('is refused without a transaction, after its end, and on another data source, with the remedy', async () => {
    const refusal = async (start: Promise<unknown>): Promise<string> =>
      start.then(
        () => 'it was started',
        ({ message }: Error) => message,
      );
    const other = await database.createDataSource();
    const ended = await dataSource.transaction(async (manager) => manager);
    const runner = dataSource.createQueryRunner();
    for (const handle of [dataSource.manager, ended, runner, dataSource, {}])
      expect(await refusal(startIn(handle))).toContain('it has no open transaction; pass the manager that');
    await runner.release();
    await other.transaction(async (manager) => {
      expect(await refusal(startIn(manager))).toContain('on another data source than the sagas');
    });
    await expect(storage.list({ limit: 10 })).resolves.toMatchObject({ sagas: [] });
  });

  it('delays no other start while its transaction is open, except those with its key', async () => {
    const key = randomUUID();
    let attached: Promise<{ sagaId: string }> | undefined;
    const started = await dataSource.transaction(async (manager) => {
      const own = await startIn(manager, key);
      attached = process.start({}, { key });
      const others = await Promise.all(Array.from({ length: 200 }, () => process.start({})));
      await Promise.all(others.map((one) => process.outcome(one)));
      return own;
    });
    await expect(attached).resolves.toMatchObject({ sagaId: started.sagaId });
    await expect(process.outcome(started)).resolves.toMatchObject({ status: 'completed' });
  });

  it('gets a signal of the same transaction, after the commit', async () => {
    const key = randomUUID();
    const { requests } = process.engine;
    const started = await dataSource.transaction(async (manager) => {
      const own = await startIn(manager, key, 'parcel');
      await requests.signalIn(manager, { saga: 'parcel', key }, delivered);
      return own;
    });
    await expect(process.outcome(started)).resolves.toMatchObject({ status: 'completed' });
    expect(await database.query('SELECT FROM saga.saga_inbox')).toHaveLength(0);
  });

  it('gets no signal of a transaction that is rolled back; an unknown saga is refused', async () => {
    const { requests } = process.engine;
    const { sagaId } = await process.start({}, { saga: 'parcel' });
    const transaction = dataSource.transaction(async (manager) => {
      await requests.signalIn(manager, sagaId, delivered, undefined, { dedupeId: 'T-1' });
      await requests.signalIn(manager, randomUUID(), delivered);
    });
    await expect(transaction).rejects.toBeInstanceOf(SagaNotFoundError);
    expect(await database.query('SELECT FROM saga.saga_inbox')).toHaveLength(0);
    await dataSource.transaction((manager) => requests.signalIn(manager, sagaId, delivered));
    await expect(process.outcome(sagaId)).resolves.toMatchObject({ status: 'completed' });
    const journal = await storage.load(sagaId);
    expect(journal?.entries.filter(({ kind }) => kind === 'signal-received')).toHaveLength(1);
  });

  describe('with typeorm-transactional', () => {
    beforeAll(() => initializeTransactionalContext({ storageDriver: StorageDriver.ASYNC_LOCAL_STORAGE }));
    beforeEach(() => void addTransactionalDataSource(dataSource));
    afterEach(() => deleteDataSourceByName('default'));

    it('is part of the transaction around the call', async () => {
      const started = await runInTransaction(async () => {
        await saveOrder(dataSource.manager);
        return startIn(dataSource.manager);
      });
      await expect(process.outcome(started)).resolves.toMatchObject({ status: 'completed' });
      const transaction = runInTransaction(async () => {
        await startIn(dataSource.manager);
        throw failure;
      });
      await expect(transaction).rejects.toBe(failure);
      await expect(storage.list({ limit: 10 })).resolves.toMatchObject({
        sagas: [{ sagaId: started.sagaId }],
      });
    });

    it('is warned of once if it is started with start(), which stays outside of the transaction', async () => {
      const start = () =>
        runInTransaction(async () => {
          await process.start({});
          await process.start({});
        });
      await process.start({});
      expect(warnings).toEqual([]);
      await start();
      await start();
      expect(warnings).toEqual([expect.stringContaining('Use startIn(manager, context) there')]);
    });
  });
});
