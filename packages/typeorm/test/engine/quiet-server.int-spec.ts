import { startEmbeddedPostgres } from '@nest-saga/embedded-postgres';
import type { EmbeddedPostgres } from '@nest-saga/embedded-postgres';
import {
  InterceptedStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedProcess,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { ScriptedSaga, StorageMethod } from '@nest-saga/testing';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { TypeOrmSagaStorage } from '../../src/typeorm-saga-storage.js';
import { until } from '../until.js';
import { RealClock } from './real-clock.js';

/** So long that nothing ever happens because of it. */
const never = 600_000;
const seldom = {
  lease: { leaseDurationMs: 2 * never, renewalIntervalMs: never, safetyMarginMs: 5_000 },
  recovery: { intervalMs: never },
  watchIntervalMs: never,
};

describe('on a server that has nothing else to do', () => {
  let server: EmbeddedPostgres;
  let observer: pg.Client;
  let databases = 0;

  beforeAll(async () => {
    server = await startEmbeddedPostgres({ settings: { fsync: 'off', autovacuum: 'off' } });
    // In a database of its own, so that its queries are not counted.
    observer = new pg.Client({ connectionString: server.url });
    await observer.connect();
  });
  afterAll(async () => {
    await observer.end();
    await server.stop();
  });

  /** Runs a whole process, with everything that it does beside sagas, on a database of its own. */
  const inProcess = async (
    saga: ScriptedSaga,
    work: (process: SimulatedProcess, database: string) => Promise<void>,
  ): Promise<string> => {
    databases++;
    const database = `quiet_${databases}`;
    const dataSource = new DataSource({ type: 'postgres', url: await server.createDatabase(database) });
    const storage = new ListeningStorage(new TypeOrmSagaStorage({ dataSource }));
    const process = new SimulatedProcess({ sagas: [saga], storage, clock: new RealClock(), ...seldom });
    await process.engine.open();
    await until('the first sweep', () => process.listener.ofWorkerType('swept').length === 1);
    await work(process, database);
    await process.engine.close();
    return database;
  };
  const sessionsOf = async (database: string) =>
    (
      await observer.query<{ state: string; in_transaction: boolean }>(
        `SELECT state, xact_start IS NOT NULL AS in_transaction FROM pg_stat_activity
         WHERE datname = $1 AND backend_type = 'client backend'`,
        [database],
      )
    ).rows;
  /** What all sessions of a database committed: each says so at the latest when it ends. */
  const commitsOf = async (database: string): Promise<number> => {
    await until('the end of all sessions', async () => (await sessionsOf(database)).length === 0);
    const { rows } = await observer.query<{ commits: string }>(
      'SELECT xact_commit AS commits FROM pg_stat_database WHERE datname = $1',
      [database],
    );
    return Number(rows[0]?.commits);
  };
  /** The costs of this number of sagas, one after another, beyond the costs of the process by itself. */
  const costOf = async (makeSaga: () => ScriptedSaga, sagas: number): Promise<number> => {
    const run = (times: number) =>
      inProcess(makeSaga(), async (process) => {
        for (let count = 0; count < times; count++) await (await process.start({ total: 1 })).end;
      });
    const few = await commitsOf(await run(1));
    return (await commitsOf(await run(1 + sagas))) - few;
  };
  const works = (count: number) =>
    Array.from({ length: count }, (_, index) => new ScriptedStep(`step-${index}`));
  const declined = () => new ScriptedStep('charge', { act: [throws(new Error('declined'))] });
  /** The rows that this number of sagas wrote. */
  const rowsWritten = async (
    saga: ScriptedSaga,
    sagas: number,
    run = (process: SimulatedProcess) => process.start({ total: 1 }),
  ) => {
    const database = await inProcess(saga, async (process) => {
      for (let count = 0; count < sagas; count++) await process.outcome(await run(process));
    });
    await until('the end of all sessions', async () => (await sessionsOf(database)).length === 0);
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      const { rows } = await client.query<{ relname: string; inserted: number; updated: number }>(
        `SELECT relname, n_tup_ins::integer AS inserted, n_tup_upd::integer AS updated FROM pg_stat_user_tables
         WHERE relname IN ('saga_execution', 'saga_log')`,
      );
      return Object.fromEntries(rows.map(({ relname, ...counts }) => [relname, counts]));
    } finally {
      await client.end();
    }
  };

  it.each([1, 3, 6])('a saga of %s steps costs one commit more than it has steps', async (count) => {
    expect(await costOf(() => scriptedSaga('order', works(count)), 10)).toBe(10 * (count + 1));
  });

  it('a saga that is undone costs one commit for its start, and one for each act and each undo', async () => {
    expect(await costOf(() => scriptedSaga('order', [...works(3), declined()]), 10)).toBe(10 * (1 + 4 + 3));
  });

  it.each([1, 3, 6])('the header of a saga of %s steps is changed once, by its end', async (count) => {
    expect(await rowsWritten(scriptedSaga('order', works(count)), 10)).toEqual({
      saga_execution: { inserted: 10, updated: 10 },
      saga_log: { inserted: 10 * count, updated: 0 },
    });
  });

  it('the header of a saga that is undone is changed twice, however much is undone', async () => {
    expect(await rowsWritten(scriptedSaga('order', [...works(3), declined()]), 10)).toEqual({
      saga_execution: { inserted: 10, updated: 20 },
      saga_log: { inserted: 10 * (4 + 3), updated: 0 },
    });
  });

  it('the header of a queued saga is changed by its claim and by its end', async () => {
    const enqueue = (process: SimulatedProcess) => process.enqueue({ total: 1 });
    expect(await rowsWritten(scriptedSaga('order', works(3)), 10, enqueue)).toEqual({
      saga_execution: { inserted: 10, updated: 20 },
      saga_log: { inserted: 10 * (1 + 3), updated: 0 },
    });
  });

  it('no session is in a transaction while a step runs, nor while one is undone', async () => {
    const gate = new StepGate();
    const saga = scriptedSaga('order', [
      new ScriptedStep('reserve', { compensate: [gate.waits()] }),
      new ScriptedStep('charge', { act: [gate.waits()] }),
    ]);
    await inProcess(saga, async (process, database) => {
      const started = await process.start();
      const seen: string[] = [];
      const look = async (): Promise<void> => {
        // A statement that was just answered may still be on its way to its end.
        await until('sessions that do nothing', async () => {
          return (await sessionsOf(database)).every(({ state }) => state !== 'active');
        });
        const sessions = await sessionsOf(database);
        expect(sessions.length).toBeGreaterThan(0);
        expect(sessions.filter((session) => session.in_transaction || session.state !== 'idle')).toEqual([]);
        seen.push(saga.calls.at(-1) ?? '');
      };
      await until('the act', () => gate.held === 1);
      await look();
      gate.break(new Error('declined'));
      await until('the undo', () => gate.held === 1);
      await look();
      gate.open();
      await started.end;
      expect(seen).toEqual(['act charge', 'compensate reserve']);
    });
  });
});

/** Is open once it hears hints: what it looks for when it first does would otherwise come sooner or later, or not at all. */
class ListeningStorage extends InterceptedStorage {
  protected override async around<Answer>(
    method: StorageMethod,
    call: () => Promise<Answer>,
  ): Promise<Answer> {
    const isListening = method === 'open' ? this.firstHint() : undefined;
    const answer = await call();
    await isListening;
    return answer;
  }

  private firstHint(): Promise<void> {
    return new Promise((resolve) => {
      const end = this.inner.onHint?.(() => {
        end?.();
        resolve();
      });
    });
  }
}
