import pg from 'pg';

/** A pool through which the bare loops write. */
export interface BarePool {
  readonly pool: pg.Pool;
  /** Resolves once every connection is closed: `pg` alone answers when it has only asked them to. */
  close(): Promise<void>;
}

/** Opens a pool of so many connections at the most. */
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
