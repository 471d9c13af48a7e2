import pg from 'pg';

/** A pool for the writes of the bare loops. */
export interface BarePool {
  readonly pool: pg.Pool;
  /** Resolves when all connections are closed: `pg` itself resolves when it has only asked them to close. */
  close(): Promise<void>;
}

/** Opens a pool with at most `max` connections. */
export function openBarePool(databaseUrl: string, max: number): BarePool {
  const pool = new pg.Pool({ connectionString: databaseUrl, max });
  const closed: Promise<void>[] = [];
  pool.on('connect', (client) => {
    closed.push(new Promise((resolve) => client.once('end', resolve)));
  });
  return {
    pool,
    close: async () => {
      await pool.end();
      await Promise.all(closed);
    },
  };
}
