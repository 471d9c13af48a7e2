import type { DataSource } from 'typeorm';
import type { MigrationMode } from './migrations/migrator.js';

/** What {@link TypeOrmSagaStorage} needs and can be told. */
export interface TypeOrmSagaStorageOptions {
  /** The application's own data source, of type `postgres`. It need not list the saga entities. */
  readonly dataSource: DataSource;
  /** Where the saga tables are. @default 'saga' */
  readonly schema?: string;
  /**
   * What a start does about the tables: `auto` brings them up to date, `check` refuses ones that do not fit, `off`
   * looks away.
   *
   * @default 'auto', and 'check' where NODE_ENV is "production"
   */
  readonly migrations?: MigrationMode;
  /**
   * Whether processes wake each other up with LISTEN and NOTIFY, on a connection of its own. Turn it off behind a
   * pooler in transaction mode: polling alone suffices.
   *
   * @default true
   */
  readonly hints?: boolean;
  /**
   * Whether statements are prepared once for each connection. A pooler that does not support it is noticed.
   *
   * @default true
   */
  readonly prepareStatements?: boolean;
  /** How long a write or a read waits for a connection of the pool, in milliseconds. @default 5_000 */
  readonly acquireTimeoutMs?: number;
  /** How long a statement may take before its connection is broken off, in milliseconds. @default 10_000 */
  readonly statementTimeoutMs?: number;
  /**
   * Is told what could not be told to a caller.
   *
   * @default one that says nothing; from `typeOrmSagaStorage()` Nest's
   */
  readonly logger?: SagaStorageLogger;
}

/** The part of a logger that the storage uses; Nest's `Logger` fits. */
export interface SagaStorageLogger {
  warn(message: string): void;
}
