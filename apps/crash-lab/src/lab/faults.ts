import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ProcessDiedError } from './lab-child.js';
import type { LabChild } from './lab-child.js';
import { standStillUntilClaimed } from './stand-still.js';
import type { Holdings } from './stand-still.js';
import type { SufferingServer } from './suffering-server.js';
import type { TcpProxy } from './tcp-proxy.js';
import { pause, until } from './wait.js';

/** The parts of a lab that a fault can change. */
export interface FaultSurroundings extends Holdings {
  readonly server: SufferingServer;
  /** The connection of all workers to the server. */
  readonly proxy: TcpProxy;
  readonly workers: readonly LabChild[];
  /** The database of the sagas, without the proxy. */
  readonly databaseUrl: string;
}

/** One fault. */
export interface Fault {
  readonly name: string;
  /** Workers that survive it report no problem. */
  readonly isSilent?: boolean;
  /** The SQLSTATE of the server's errors, if only this fault causes it. */
  readonly sqlState?: string;
  /** Whether another process claims sagas of a process because of it. */
  readonly changesHands?: boolean;
  /** Starts the fault and ends it. Rejects if it was not possible, or if no worker noticed it although one must. */
  inflict(surroundings: FaultSurroundings): Promise<void>;
}

/** Longer than the lease of a lab process. */
const longMs = 2_000;
const noticeLimitMs = 20_000;
const healLimitMs = 60_000;

async function execute(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const terminateOthers =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()';

/** Resets all settings of a database, for new connections and, because it ends the others, for all. */
async function resetDatabase(databaseUrl: string): Promise<void> {
  const database = pg.escapeIdentifier(new URL(databaseUrl).pathname.slice(1));
  await execute(databaseUrl, ...own, `ALTER DATABASE ${database} RESET ALL`, terminateOthers);
}

/** Each of these connections needs these statements first, because the settings may disturb it, too. */
const own = ['SET default_transaction_read_only = off', 'SET statement_timeout = 0'];

/**
 * A temporary setting of the database, which affects new connections only. It counts as inflicted when a worker got the
 * error from the server: the end of all connections at its start is noticed anyway.
 */
function withSetting(name: string, value: string, sqlState: string): Fault['inflict'] {
  return async ({ databaseUrl, workers }) => {
    const database = pg.escapeIdentifier(new URL(databaseUrl).pathname.slice(1));
    const before = await countOf(workers, sqlState);
    try {
      await execute(
        databaseUrl,
        ...own,
        `ALTER DATABASE ${database} SET ${name} = ${value}`,
        terminateOthers,
      );
      await pause(longMs);
      const hasStruck = async (): Promise<boolean> => (await countOf(workers, sqlState)) > before;
      await until(noticeLimitMs, `a ${sqlState} that a worker gets`, hasStruck);
    } finally {
      await until(healLimitMs, `a database without ${name}`, () => isReset(databaseUrl));
    }
  };
}

/** How often living workers got this error from the server. */
async function countOf(workers: readonly LabChild[], sqlState: string): Promise<number> {
  const counts = workers.map(async (worker) => {
    try {
      const troubles = Object.entries(await worker.ask('troubles'));
      return troubles.reduce((sum, [kind, count]) => (kind.endsWith(sqlState) ? sum + count : sum), 0);
    } catch (error) {
      if (error instanceof ProcessDiedError) return 0;
      throw error;
    }
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** Resets all settings, and resolves with whether it was possible. */
export async function isReset(databaseUrl: string): Promise<boolean> {
  try {
    await resetDatabase(databaseUrl);
    return true;
  } catch {
    return false;
  }
}

function withConduct(conduct: Parameters<TcpProxy['behave']>[0], durationMs = longMs): Fault['inflict'] {
  return async ({ proxy }) => {
    proxy.behave(conduct);
    await pause(durationMs);
    proxy.heal();
  };
}

/** Faults of the database. */
export const databaseFaults: readonly Fault[] = [
  {
    name: 'all backends terminated, five times',
    inflict: async ({ databaseUrl }) => {
      for (let count = 0; count < 5; count++) {
        await execute(databaseUrl, terminateOthers);
        await pause(200);
      }
    },
  },
  { name: 'immediate restart of the server', inflict: ({ server }) => server.restart('immediate') },
  { name: 'fast restart of the server', inflict: ({ server }) => server.restart('fast') },
  {
    name: 'server stopped for longer than the lease',
    inflict: ({ server }) => server.pauseDuring(() => pause(longMs)),
  },
  {
    name: 'statement_timeout of 1 ms for a while',
    sqlState: '57014',
    inflict: withSetting('statement_timeout', '1', '57014'),
  },
  {
    name: 'read-only for a while',
    sqlState: '25006',
    inflict: withSetting('default_transaction_read_only', 'on', '25006'),
  },
  {
    name: 'a lock on the tables for longer than the lease',
    inflict: async ({ databaseUrl }) => {
      const client = new pg.Client({ connectionString: databaseUrl });
      client.on('error', () => undefined);
      await client.connect();
      await client.query('BEGIN');
      await client.query(
        'LOCK TABLE saga.saga_log, saga.saga_execution, saga.saga_worker IN ACCESS EXCLUSIVE MODE',
      );
      await pause(longMs);
      await client.query('COMMIT');
      await client.end();
    },
  },
  {
    name: 'connections exhausted',
    inflict: async ({ databaseUrl }) => {
      const hoarded: pg.Client[] = [];
      const hoard = async (): Promise<void> => {
        const client = new pg.Client({ connectionString: databaseUrl, application_name: 'hoarder' });
        client.on('error', () => undefined);
        await client.connect();
        hoarded.push(client);
      };
      await hoard();
      const until = performance.now() + longMs;
      while (performance.now() < until) {
        // Other connections are ended, and each free slot of the server is used up.
        await hoarded[0]?.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name <> 'hoarder'`,
        );
        await Promise.allSettled(Array.from({ length: 60 }, hoard));
        await pause(20);
      }
      await Promise.all(hoarded.map((client) => client.end().catch(() => undefined)));
    },
  },
];

/** Faults of the network between the workers and the database. */
export const networkFaults: readonly Fault[] = [
  {
    name: 'every packet delayed by 150 ms',
    isSilent: true,
    inflict: withConduct({ kind: 'delay', delayMs: 150 }),
  },
  { name: 'every packet dropped for longer than the lease', inflict: withConduct({ kind: 'drop' }) },
  {
    name: 'every connection reset, five times',
    inflict: async ({ proxy }) => {
      for (let count = 0; count < 5; count++) {
        proxy.resetAll();
        await pause(150);
      }
    },
  },
  { name: 'requests get through, answers do not', inflict: withConduct({ kind: 'requests-only' }) },
  { name: 'answers get through, requests do not', inflict: withConduct({ kind: 'answers-only' }) },
  {
    name: 'connections cut exactly before a commit',
    inflict: withConduct({ kind: 'cut-before-commit', every: 5 }, 3_000),
  },
  {
    name: 'connections cut between a commit and its answer',
    inflict: withConduct({ kind: 'lose-answer', every: 5 }, 3_000),
  },
];

/** Faults of the processes and their machines. */
export const processFaults: readonly Fault[] = [
  {
    name: 'a process stopped until others have its sagas, and woken up (SIGSTOP)',
    changesHands: true,
    inflict: async ({ workers, ...surroundings }) => {
      for (const worker of workers.slice(0, 2)) {
        const { name } = worker.settings;
        const stop = (): void => worker.signal('SIGSTOP');
        await standStillUntilClaimed(name, surroundings, stop, () => worker.signal('SIGCONT'));
      }
    },
  },
  {
    name: 'an event loop blocked until others have its sagas',
    changesHands: true,
    inflict: async ({ workers, ...surroundings }) => {
      for (const worker of workers.slice(0, 2)) await block(worker, surroundings);
    },
  },
  {
    name: 'a process killed (SIGKILL)',
    isSilent: true,
    changesHands: true,
    inflict: async ({ workers: [worker], ownedBy }) => {
      if (worker === undefined) return;
      const { name } = worker.settings;
      try {
        await until(noticeLimitMs, `something that ${name} owns`, async () => {
          worker.signal('SIGSTOP');
          // Checked twice: a write that it had sent before it was stopped may end the first sagas.
          if ((await ownedBy(name)).length > 0 && (await ownedBy(name)).length > 0) return true;
          worker.signal('SIGCONT');
          return false;
        });
        await worker.kill();
      } finally {
        worker.signal('SIGCONT');
      }
      const isLeft = async (): Promise<boolean> => (await ownedBy(name)).length === 0;
      await until(noticeLimitMs, `an end of what ${name} owned`, isLeft);
    },
  },
];

async function block(worker: LabChild, holdings: Holdings): Promise<void> {
  let file = '';
  const answers: Promise<unknown>[] = [];
  const files: string[] = [];
  const goOn = (): void => void writeFile(file, '');
  const stop = (): void => {
    file = join(tmpdir(), `nest-saga-lab-${randomUUID()}`);
    files.push(file);
    answers.push(worker.ask('block', file).catch(() => undefined));
  };
  try {
    await standStillUntilClaimed(worker.settings.name, holdings, stop, goOn);
  } finally {
    await Promise.all(answers);
    await Promise.all(files.map((one) => rm(one, { force: true })));
  }
}

/** All faults. */
export const allFaults: readonly Fault[] = [...databaseFaults, ...networkFaults, ...processFaults];
