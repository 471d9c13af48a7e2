import { startEmbeddedPostgres } from '@nest-saga/embedded-postgres';
import pg from 'pg';

/** The changed settings of the server; all others are PostgreSQL's defaults. */
const settings = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

/** The settings that affect a result most. */
const reportedSettings = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_sync_method',
  'shared_buffers',
  'max_wal_size',
  'max_connections',
];

/** A durable PostgreSQL server that the benchmark started and has to stop. */
export interface BenchServer {
  readonly pid: number;
  readonly dataDirectory: string;
  /** Runs a function with an empty database, which is dropped afterwards. */
  onNewDatabase<Result>(run: (databaseUrl: string) => Promise<Result>): Promise<Result>;
  readSettings(): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

/** Starts the server of one benchmark run. */
export async function startBenchServer(): Promise<BenchServer> {
  const server = await startEmbeddedPostgres({ settings });
  let databases = 0;
  return {
    pid: server.pid,
    dataDirectory: server.dataDirectory,
    onNewDatabase: async (run) => {
      databases += 1;
      const name = `bench_${databases}`;
      const url = await server.createDatabase(name);
      try {
        return await run(url);
      } finally {
        await server.dropDatabase(name);
      }
    },
    readSettings: async () => {
      const rows = await queryOnce<{ readonly name: string; readonly value: string }>(
        server.url,
        'SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY($1)',
        [reportedSettings],
      );
      return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    },
    stop: () => server.stop(),
  };
}

/** Runs one statement on a new connection. */
export async function queryOnce<Row extends pg.QueryResultRow>(
  databaseUrl: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
