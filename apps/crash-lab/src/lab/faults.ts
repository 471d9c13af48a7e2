import pg from 'pg';
import type { LabChild } from './lab-child.js';
import type { SufferingServer } from './suffering-server.js';
import type { TcpProxy } from './tcp-proxy.js';
import { pause } from './wait.js';

/** What a fault can get at. */
export interface FaultSurroundings {
  readonly server: SufferingServer;
  /** The way of every worker to the server. */
  readonly proxy: TcpProxy;
  readonly workers: readonly LabChild[];
  /** Of the sagas' database, past the proxy. */
  readonly databaseUrl: string;
}

/** One thing that goes wrong. */
export interface Fault {
  readonly name: string;
  /** Workers that live through it report no trouble. */
  readonly isSilent?: boolean;
  /** Begins and ends it. */
  inflict(surroundings: FaultSurroundings): Promise<void>;
}

/** Longer than the lease of a lab process. */
const longMs = 2_000;

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

/** Takes back every setting of a database, for new connections and so for all. */
export async function resetDatabase(databaseUrl: string): Promise<void> {
  const database = pg.escapeIdentifier(new URL(databaseUrl).pathname.slice(1));
  await execute(databaseUrl, ...own, `ALTER DATABASE ${database} RESET ALL`, terminateOthers);
}

/** Said by every connection of these, because the settings may keep it from working, too. */
const own = ['SET default_transaction_read_only = off', 'SET statement_timeout = 0'];

/** A setting of the database for a while, which takes effect with new connections only. */
function withSetting(name: string, value: string): Fault['inflict'] {
  return async ({ databaseUrl }) => {
    const database = pg.escapeIdentifier(new URL(databaseUrl).pathname.slice(1));
    await execute(databaseUrl, ...own, `ALTER DATABASE ${database} SET ${name} = ${value}`, terminateOthers);
    await pause(longMs);
    await resetDatabase(databaseUrl);
  };
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
  { name: 'statement_timeout of 1 ms for a while', inflict: withSetting('statement_timeout', '1') },
  { name: 'read-only for a while', inflict: withSetting('default_transaction_read_only', 'on') },
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
        // Whoever has a connection loses it, and every place that becomes free is taken.
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
    name: 'a process stopped for longer than the lease, and woken up (SIGSTOP)',
    inflict: async ({ workers: [first, second] }) => {
      for (const worker of [first, second]) {
        worker?.signal('SIGSTOP');
        await pause(longMs).finally(() => worker?.signal('SIGCONT'));
        await pause(300);
      }
    },
  },
  {
    name: 'an event loop blocked for longer than the lease',
    inflict: async ({ workers: [first, second] }) => {
      await Promise.all([first?.ask('block', longMs), second?.ask('block', longMs / 2)]);
    },
  },
  {
    name: 'a process killed (SIGKILL)',
    isSilent: true,
    inflict: async ({ workers }) => {
      await workers[0]?.kill();
      await pause(300);
    },
  },
];

/** All of them. */
export const allFaults: readonly Fault[] = [...databaseFaults, ...networkFaults, ...processFaults];
