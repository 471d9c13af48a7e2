import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { defineSaga } from '@nest-saga/core';
import type { DeclaredSaga, SagaStepHandler, StepRun } from '@nest-saga/core';
import { SagaEngine, SagaRegistry } from '@nest-saga/core/engine';
import { SimulatedProcess } from '@nest-saga/testing';
import type { ClusterProcessOptions } from '@nest-saga/testing';
import type { DataSource } from 'typeorm';
import { entityManagerOf } from '../src/transactions/entity-manager-of.js';
import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { openProxy } from './breakable-network.js';
import { RealClock } from './engine/real-clock.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { until } from './until.js';

type DeclaredStep = Extract<DeclaredSaga['steps'][number], { readonly handler: unknown }>;
type Act = (context: object, run: StepRun) => unknown;

const nothing = (): void => undefined;
const take = (run: StepRun): Promise<unknown> =>
  entityManagerOf(run).query('UPDATE stock SET free = free - 1');
const putBack = (run: StepRun): Promise<unknown> =>
  entityManagerOf(run).query('UPDATE stock SET free = free + 1');

describe('a transactional step', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let storage: TypeOrmSagaStorage;
  let processes: SimulatedProcess[];

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await database.createDataSource();
    processes = [];
    await database.query('CREATE TABLE stock (free integer NOT NULL CHECK (free >= 0))');
    await database.query('INSERT INTO stock VALUES (1000)');
    await database.query('CREATE TABLE taken (name text PRIMARY KEY)');
    storage = await database.openStorage({ dataSource });
  });
  afterEach(async () => {
    await Promise.all(processes.map((process) => process.engine.close()));
    await database.close();
  });

  const step = (
    id: string,
    act: Act,
    given: Partial<DeclaredStep> & { compensate?: Act } = {},
  ): DeclaredStep => {
    const { compensate = nothing, ...options } = given;
    const handler = { act, compensate } as SagaStepHandler<unknown>;
    return { id, handler: () => handler, ...options };
  };
  const reserve = (act: Act = (_, run) => take(run), given: Parameters<typeof step>[2] = {}): DeclaredStep =>
    step('reserve', act, { transactional: true, compensate: (_, run) => putBack(run), ...given });
  const open = async (steps: readonly DeclaredStep[], options: ClusterProcessOptions = {}) => {
    const saga: DeclaredSaga = { name: 'order', steps };
    const number = processes.length + 1;
    const given = { sagas: [saga], storage, clock: new RealClock(), ...options, number };
    const process = new SimulatedProcess(given);
    processes.push(process);
    await process.engine.open();
    return process;
  };
  const run = async (steps: readonly DeclaredStep[]) => {
    const process = await open(steps);
    return process.outcome(await process.start({}));
  };
  const free = async (): Promise<number> =>
    Number((await database.query('SELECT free FROM stock'))[0]?.['free']);
  const journal = async (sagaId: string) =>
    ((await storage.load(sagaId))?.entries ?? []).map((entry) =>
      'step' in entry ? `${entry.kind} ${entry.step}` : entry.kind,
    );
  const decline = step('charge', () => {
    throw new Error('declined');
  });

  it('is committed together with its entry, and undone together with the entry of its undo', async () => {
    const outcome = await run([reserve(), step('mail', nothing)]);
    expect(outcome.status).toBe('completed');
    expect(await free()).toBe(999);
    const undone = await run([reserve(), decline]);
    expect(undone.status).toBe('failed');
    expect(await free()).toBe(999);
  });

  it.each([
    ['act', 999],
    ['compensate', 1000],
  ] as const)('may have a transaction for one of its calls: %s', async (transactional, left) => {
    const seen: string[] = [];
    const tryManager = (call: string, run: StepRun): void => {
      try {
        entityManagerOf(run);
        seen.push(call);
      } catch (error) {
        seen.push(String(Reflect.get(error as object, 'code')));
      }
    };
    const act: Act = async (_, run) => {
      tryManager('act', run);
      if (transactional === 'act') await take(run);
    };
    const compensate: Act = (_, run) => tryManager('compensate', run);
    await run([reserve(act, { transactional, compensate }), decline]);
    expect(seen).toEqual(
      transactional === 'act' ? ['act', 'SAGA_INVALID_ARGUMENT'] : ['SAGA_INVALID_ARGUMENT', 'compensate'],
    );
    expect(await free()).toBe(left);
  });

  it('fails with its effect rolled back, and is retried', async () => {
    let calls = 0;
    const act: Act = async (_, run) => {
      await take(run);
      calls += 1;
      if (calls < 3) throw new Error('not yet');
    };
    const outcome = await run([reserve(act, { retry: { maximumAttempts: 3, initialIntervalMs: 1 } })]);
    expect(outcome.status).toBe('completed');
    expect(await journal(outcome.sagaId)).toEqual([
      'act-failed reserve',
      'act-failed reserve',
      'act-completed reserve',
    ]);
    expect(await free()).toBe(999);
  });

  it('whose own row is refused is a failed act, and nothing of it is undone', async () => {
    await database.query("INSERT INTO taken VALUES ('a')");
    const calls: string[] = [];
    const act: Act = async (_, run) => {
      await take(run);
      await entityManagerOf(run).query("INSERT INTO taken VALUES ('a')");
    };
    const outcome = await run([reserve(act, { compensate: () => void calls.push('undo') })]);
    expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'reserve' } });
    expect(calls).toEqual([]);
    expect(await free()).toBe(1000);
  });

  it('that swallows an error of its transaction is a failed act', async () => {
    const act: Act = (_, run) => entityManagerOf(run).query('SELECT 1 / 0').catch(nothing);
    await expect(run([reserve(act)])).resolves.toMatchObject({ status: 'failed' });
  });

  it('whose constraint is checked at the commit is a failed act', async () => {
    await database.query('CREATE TABLE parent (id integer PRIMARY KEY)');
    await database.query(
      'CREATE TABLE child (parent integer REFERENCES parent DEFERRABLE INITIALLY DEFERRED)',
    );
    const act: Act = async (_, run) => {
      await take(run);
      await entityManagerOf(run).query('INSERT INTO child VALUES (7)');
    };
    await expect(run([reserve(act)])).resolves.toMatchObject({ status: 'failed' });
    expect(await free()).toBe(1000);
  });

  it.each([
    ['a serialization failure', "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$"],
    ['a deadlock', "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$"],
    ['a lost connection', 'SELECT pg_terminate_backend(pg_backend_pid())'],
  ])('is repeated after %s, and the saga does not fail', async (_what, statement) => {
    let calls = 0;
    const act: Act = async (_context, run) => {
      await take(run);
      calls += 1;
      if (calls === 1) await entityManagerOf(run).query(statement);
    };
    const outcome = await run([reserve(act)]);
    expect(outcome.status).toBe('completed');
    expect(await journal(outcome.sagaId)).toEqual(['act-completed reserve']);
    expect([calls, await free()]).toEqual([2, 999]);
  });

  it('that takes too long is ended with its transaction: a failed act, never in doubt', async () => {
    const calls: string[] = [];
    const act: Act = async (_, run) => {
      await take(run);
      await entityManagerOf(run).query('SELECT pg_sleep(60)');
    };
    const outcome = await run([reserve(act, { timeoutMs: 200, compensate: () => void calls.push('undo') })]);
    expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'reserve' } });
    const [entry] = (await storage.load(outcome.sagaId))?.entries ?? [];
    expect(entry).toMatchObject({
      kind: 'act-failed',
      outcome: 'failed',
      error: { code: 'SAGA_STEP_TIMED_OUT' },
    });
    expect(calls).toEqual([]);
    await until('the end of its session', async () => {
      const rows = await database.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()",
      );
      return rows.length === 0;
    });
    expect(await free()).toBe(1000);
  });

  it('that is cancelled in the middle leaves no row', async () => {
    let cancel: () => Promise<void> = async () => undefined;
    const calls: string[] = [];
    const act: Act = async (_, run) => {
      await take(run);
      await cancel();
    };
    const process = await open([reserve(act, { compensate: () => void calls.push('undo') })]);
    const { requests } = process.engine;
    cancel = async () => {
      const [saga] = (await storage.list({ limit: 1 })).sagas;
      await requests.cancel(saga?.sagaId ?? '', 'no more');
    };
    const outcome = await process.outcome(await process.start({}));
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    expect([calls, await free()]).toEqual([[], 1000]);
  });

  it('of a process that woke up late leaves no row: it is fenced', async () => {
    const lease = { leaseDurationMs: 600_000, renewalIntervalMs: 300_000, safetyMarginMs: 1_000 };
    let wake: () => void = nothing;
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    let isFirst = true;
    const steps = [
      reserve(async (_, run) => {
        await take(run);
        if (!isFirst) return;
        isFirst = false;
        await asleep;
      }),
    ];
    const zombie = await open(steps, { lease });
    const { sagaId } = await zombie.start({});
    await until('its act', () => !isFirst);
    // Its lease is over for the database; the process does not know.
    await database.query("UPDATE saga.saga_worker SET expires_at = clock_timestamp() - interval '1 minute'");
    const other = await open([step('reserve', nothing)]);
    await expect(other.outcome(sagaId)).resolves.toMatchObject({ status: 'completed' });
    wake();
    await until('its end', () => zombie.engine.worker.running.size === 0);
    expect(await free()).toBe(1000);
  });

  it('is done once and known if the answer to its commit is lost', async () => {
    const proxy = await openProxy(database.url);
    const far = await database.createDataSource({ url: proxy.url });
    const lost = await database.openStorage({ dataSource: far, hints: false, migrations: 'off' });
    let calls = 0;
    const act: Act = async (_, run) => {
      await take(run);
      calls += 1;
    };
    const process = await open([reserve(act)], { storage: lost });
    const client = jest.spyOn(far, 'createQueryRunner');
    client.mockImplementation((...given) => {
      client.mockRestore();
      const runner = far.createQueryRunner(...given);
      const { commitTransaction } = runner;
      runner.commitTransaction = () => {
        proxy.loseNext('answer');
        return commitTransaction.call(runner);
      };
      return runner;
    });
    const outcome = await process.outcome(await process.start({}));
    expect(outcome.status).toBe('completed');
    expect(await journal(outcome.sagaId)).toEqual(['act-completed reserve']);
    expect([calls, await free()]).toEqual([1, 999]);
    await process.engine.close();
    processes.splice(0);
    await proxy.close();
  });

  it('starves no other saga, nor is it starved: 200 of each on a pool of 10', async () => {
    const act: Act = async (_, run) => {
      await take(run);
      await sleep(1);
    };
    const process = await open([reserve(act)]);
    const plain = await open([step('reserve', nothing)]);
    const started = await Promise.all(
      Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? process : plain).start({})),
    );
    const outcomes = await Promise.all(
      started.map((one, index) => (index % 2 === 0 ? process : plain).outcome(one)),
    );
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['completed']));
    expect(await free()).toBe(800);
  });

  it('is refused at the start of a process whose storage has no transactions', async () => {
    const without = new Proxy(storage, {
      get: (target, name) => {
        if (name === 'transact') return undefined;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const registry = new SagaRegistry([defineSaga({ name: 'order', steps: [reserve()] })]);
    const ids = { nextId: () => 'x', random: () => 0 };
    const engine = new SagaEngine({ storage: without, registry, clock: new RealClock(), ids });
    await expect(engine.open()).rejects.toMatchObject({ code: 'SAGA_DEFINITION_INVALID' });
  });
});
