import { startEmbeddedPostgres } from '@nest-saga/embedded-postgres';
import type { EmbeddedPostgres } from '@nest-saga/embedded-postgres';
import pg from 'pg';
import type { Contestant, ContestantOptions } from '../src/contestants/contestant.js';
import { ServerCounterReader } from '../src/measure/server-counters.js';

/** The work of the server for one saga, measured over many. */
export interface CountedCosts {
  readonly commits: number;
  readonly statements: number;
  readonly walBytes: number;
  /** The part that sweeps and the heartbeat of a worker may have added in the meantime: less than one a second. */
  readonly besides: number;
}

/** The options of a contestant without a database. */
export type GuardedOptions = Omit<ContestantOptions, 'databaseUrl'>;

type Open = (options: ContestantOptions) => Promise<Contestant>;

/**
 * A separate server for the spec, as durable as the benchmark's. Nothing else runs on it, so its counters show the work
 * of the spec alone. It counts statements, too, and its own background writes are switched off.
 */
export class GuardedServer {
  private databases = 0;

  private constructor(private readonly server: EmbeddedPostgres) {}

  static async start(): Promise<GuardedServer> {
    const settings = { shared_preload_libraries: 'pg_stat_statements', autovacuum: 'off' };
    const server = await startEmbeddedPostgres({ settings });
    await withClient(server.url, (client) => client.query('CREATE EXTENSION pg_stat_statements'));
    return new GuardedServer(server);
  }

  /** Runs sagas, as many at once as the options say, and counts the costs of one of them. */
  async count(open: Open, options: GuardedOptions, sagas: number): Promise<CountedCosts> {
    return await this.onContestant(open, options, async (contestant, databaseUrl) => {
      const counters = await ServerCounterReader.open(databaseUrl);
      const read = async () => ({
        ...(await counters.read()),
        statements: await this.countStatements(databaseUrl),
      });
      const runMany = async (runs: number): Promise<void> => {
        for (let run = 0; run < runs; run++) await contestant.run();
      };
      try {
        await contestant.run();
        const startedAt = performance.now();
        const before = await read();
        await Promise.all(Array.from({ length: options.atOnce }, () => runMany(sagas / options.atOnce)));
        const after = await read();
        const seconds = (performance.now() - startedAt) / 1_000;
        return {
          commits: (after.commits - before.commits) / sagas,
          statements: (after.statements - before.statements) / sagas,
          walBytes: (after.walBytes - before.walBytes) / sagas,
          besides: (seconds + 2) / sagas,
        };
      } finally {
        await counters.close();
      }
    });
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  private async onContestant<Result>(
    open: Open,
    options: GuardedOptions,
    run: (contestant: Contestant, databaseUrl: string) => Promise<Result>,
  ): Promise<Result> {
    this.databases += 1;
    const databaseUrl = await this.server.createDatabase(`guarded_${this.databases}`);
    const contestant = await open({ ...options, databaseUrl });
    try {
      return await run(contestant, databaseUrl);
    } finally {
      await contestant.close();
    }
  }

  /** The number of statements of this database, including BEGIN and COMMIT, without those of the spec itself. */
  private async countStatements(databaseUrl: string): Promise<number> {
    const name = new URL(databaseUrl).pathname.slice(1);
    return await withClient(this.server.url, async (client) => {
      const { rows } = await client.query<{ readonly calls: string }>(
        `SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_statements
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = $1) AND query NOT LIKE '%pg_wal_lsn_diff%'`,
        [name],
      );
      return Number(rows[0]?.calls);
    });
  }
}

async function withClient<Result>(url: string, run: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
