import type { DataSource } from 'typeorm';
import { guardErrors } from './pooled-runner.js';
import { poolOf } from './postgres-client.js';
import type { PostgresPool } from './postgres-client.js';

/**
 * The pool of the application's data source. The application owns it: it may destroy the data source and initialize it
 * again, as for new credentials, and then there is another pool.
 */
export class ApplicationPool {
  private pool: PostgresPool | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly dataSource: DataSource) {}

  /**
   * The pool as it is now. While the data source is destroyed it is the one before, which refuses whatever it is asked.
   *
   * @throws TypeError where it is not one of PostgreSQL, or was never connected.
   */
  get(): PostgresPool {
    const { pool: known } = this;
    if (known !== undefined && !isAnother(this.dataSource, known)) return known;
    const pool = poolOf(this.dataSource);
    this.release();
    this.pool = pool;
    // A server may end a connection right when it is made, before it was handed out.
    pool.on('connect', guardErrors);
    if (known !== undefined) for (const listener of this.listeners) listener();
    return pool;
  }

  /** Calls back where the pool is another one than before: connections beside it belong to the old one. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Leaves the pool to the application. */
  release(): void {
    this.pool?.removeListener('connect', guardErrors);
  }
}

function isAnother({ driver }: DataSource, known: PostgresPool): boolean {
  const { master } = driver as unknown as { readonly master?: PostgresPool };
  return master !== undefined && master !== known;
}
