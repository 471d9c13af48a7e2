import pg from 'pg';

/** The counters of the server: the difference of two readings is the activity between them. */
export interface ServerCounters {
  /** The number of writing transactions: each is one durable commit. */
  readonly commits: number;
  /** Bytes of write-ahead log. */
  readonly walBytes: number;
}

/**
 * Reads a server's counters on a separate connection. Transactions are counted by their ids, which is exact at once;
 * the statistics views lag by up to a second, and count reads as well.
 */
export class ServerCounterReader {
  private constructor(private readonly client: pg.Client) {}

  static async open(databaseUrl: string): Promise<ServerCounterReader> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return new ServerCounterReader(client);
  }

  async read(): Promise<ServerCounters> {
    const { rows } = await this.client.query<{ readonly commits: string; readonly bytes: string }>(
      `SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS commits,
        pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text AS bytes`,
    );
    return { commits: Number(rows[0]?.commits), walBytes: Number(rows[0]?.bytes) };
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
