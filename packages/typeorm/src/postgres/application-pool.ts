import type { DataSource } from 'typeorm';
import { guardErrors } from './pooled-runner.js';
import { poolOf } from './postgres-client.js';
import type { PostgresPool } from './postgres-client.js';

/**
 * The pool of the application's data source. The application owns it: it may destroy the data source and initialize it
 * again, for example with new credentials, and then there is a new pool.
 */
export class ApplicationPool {
  private pool: PostgresPool | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly dataSource: DataSource) {}

  /**
   * The current pool. While the data source is destroyed, it is the previous one, which refuses all requests.
   *
   * @throws TypeError if it is not a pool of PostgreSQL, or was never connected.
   */
  get(): PostgresPool {
    const { pool: known } = this;
    if (known !== undefined && !isAnother(this.dataSource, known)) return known;
    const pool = poolOf(this.dataSource);
    this.release();
    this.pool = pool;
    // A server may end a connection as soon as it is made, before the pool provides it.
    pool.on('connect', guardErrors);
    if (known !== undefined) for (const listener of this.listeners) listener();
    return pool;
  }

  /** Calls the listener when the application has a new pool: connections beside the pool belong to the old one. */
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
