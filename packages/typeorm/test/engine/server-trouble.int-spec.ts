import { startEmbeddedPostgres } from '@nest-saga/embedded-postgres';
import type { EmbeddedPostgres } from '@nest-saga/embedded-postgres';
import { scriptedSaga, ScriptedStep, SimulatedProcess } from '@nest-saga/testing';
import type { StepScript } from '@nest-saga/testing';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { TypeOrmSagaStorage } from '../../src/typeorm-saga-storage.js';
import { until } from '../until.js';
import { RealClock } from './real-clock.js';

const count = 200;
/** The number of sweeps within which the write that waited longest, and the writes after it, end. */
const few = 5;

/** The work of the step, for which no test waits: it takes a different time for each saga, so that trouble finds them everywhere. */
const works: StepScript = (context) =>
  new Promise((resolve) => {
    setTimeout(resolve, 20 + Number(context['number']) / 2);
  });

describe('200 sagas in the middle of which', () => {
  let server: EmbeddedPostgres;
  let dataSource: DataSource;
  let process: SimulatedProcess;
  const steps = ['reserve', 'charge', 'ship'].map((id) => new ScriptedStep(id, { act: [works] }));

  beforeAll(async () => {
    server = await startEmbeddedPostgres({ settings: { fsync: 'off', full_page_writes: 'off' } });
    dataSource = new DataSource({
      type: 'postgres',
      url: server.url,
      poolSize: 5,
      poolErrorHandler: () => undefined,
    });
    await dataSource.initialize();
    process = new SimulatedProcess({
      sagas: [scriptedSaga('order', steps)],
      storage: new TypeOrmSagaStorage({ dataSource, acquireTimeoutMs: 300 }),
      clock: new RealClock(),
      recovery: { intervalMs: 1_000 },
    });
    await process.engine.open();
  });
  afterAll(async () => {
    await process.engine.close();
    await dataSource.destroy();
    await server.stop();
  });

  const query = async (text: string): Promise<readonly Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };

  /** Runs 200 sagas, makes trouble when half of their steps are done, and 20 more sagas while it lasts. */
  const runThrough = async (makeTrouble: () => Promise<void>): Promise<void> => {
    await query('TRUNCATE saga.saga_execution, saga.saga_log');
    process.listener.sagaEvents.splice(0);
    process.listener.workerEvents.splice(0);
    const start = (number: number) => process.start({ number });
    const starting = Promise.all(Array.from({ length: count }, (_, number) => start(number)));
    const isHalfDone = (): boolean => process.listener.ofType('step').length >= (count * 3) / 2;
    await until('half of the steps', isHalfDone);

    const sweeps = (): number => process.listener.ofWorkerType('swept').length;
    const trouble = makeTrouble().then(sweeps);
    const late = await Promise.all(Array.from({ length: 20 }, (_, number) => start(number)));
    const sweepsBefore = await trouble;
    const started = [...(await starting), ...late];
    const outcomes = await Promise.all(started.map((saga) => process.outcome(saga)));

    const sweepsAfter = sweeps();

    expect(outcomes.filter(({ status }) => status !== 'completed')).toEqual([]);
    expect(sweepsAfter - sweepsBefore).toBeLessThanOrEqual(few);
    expect(await query('SELECT status, count(*)::integer FROM saga.saga_execution GROUP BY 1')).toEqual([
      { status: 'completed', count: started.length },
    ]);
    // Nothing failed and nothing was undone: the trouble left no trace in any journal.
    expect(
      await query(
        "SELECT kind, count(*)::integer FROM saga.saga_log WHERE kind NOT IN ('claimed', 'released') GROUP BY 1",
      ),
    ).toEqual([{ kind: 'act-completed', count: 3 * started.length }]);
    expect(steps.flatMap(({ compensateCalls }) => compensateCalls)).toEqual([]);
    expect(process.listener.ofType('stopped')).toEqual([]);
    expect(process.listener.ofWorkerType('storage-failed').length).toBeGreaterThan(0);
  };

  it('every backend is terminated, those of the heartbeat and the hints too, all complete', async () => {
    await runThrough(async () => {
      for (let times = 0; times < 5; times++)
        await query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
    });
  });

  it('the server is shut down and started again, all complete, and nothing in this process is', async () => {
    await runThrough(() => server.restart('fast'));
  });

  it('the server crashes and recovers, all complete', async () => {
    await runThrough(() => server.restart('immediate'));
  });

  it('the application holds every connection of the pool, all complete once it returns them', async () => {
    await runThrough(async () => {
      const runners = Array.from({ length: 5 }, () => dataSource.createQueryRunner());
      for (const runner of runners) await runner.startTransaction();
      // A saga says so each time that its write got no connection and is tried again.
      const failuresOf = (sagaId: string | undefined): number =>
        process.listener.ofWorkerType('storage-failed').filter((event) => event.sagaId === sagaId).length;
      await until('a write that got no connection three times', () =>
        process.listener
          .ofWorkerType('storage-failed')
          .some(({ sagaId }) => sagaId !== undefined && failuresOf(sagaId) >= 3),
      );
      for (const runner of runners) {
        await runner.rollbackTransaction();
        await runner.release();
      }
    });
  });

  it('the trouble left nothing behind: the process runs sagas as before', async () => {
    const sagas = await Promise.all(Array.from({ length: 20 }, (_, number) => process.start({ number })));
    const outcomes = await Promise.all(sagas.map((saga) => process.outcome(saga)));
    expect(outcomes.filter(({ status }) => status !== 'completed')).toEqual([]);
  });
});
