import { sagaErrorCode } from '@nest-saga/core/storage-kit';
import { toStorageError } from '../classify-error.js';
import type { PostgresClient } from '../postgres-client.js';
import { queryClient } from '../query-client.js';
import type { StatementRunner } from '../statement.js';
import { tablesOf } from '../tables.js';
import { SagaSchemaError } from '../../errors/saga-schema-error.js';
import { checkEncoding } from './check-encoding.js';
import { schemaVersion } from './all-migrations.js';
import { applyMigrations, readSchemaVersion } from './apply-migrations.js';
import type { RunSql } from './run-sql.js';

/** The behaviour of a start: migrate the schema, refuse one that does not match, or do not check it. */
export type MigrationMode = 'auto' | 'check' | 'off';

/** The version of a schema, for `nest-saga status`. */
export interface SchemaStatus {
  readonly schema: string;
  /** 0 if there are no saga tables. */
  readonly found: number;
  readonly needed: number;
}

/** Long, because migrations may rebuild an index. */
const deadlineMs = 600_000;

/** Migrates one schema, or reads its version, on a separate connection. */
export class Migrator {
  private readonly schema: string;

  /** @param createClient Makes a client that is not connected yet. */
  constructor(
    schema: string,
    private readonly createClient: () => PostgresClient,
  ) {
    this.schema = tablesOf(schema).schemaName;
  }

  /**
   * Follows the mode, for a database with the right encoding. At an ordinary start the schema matches, which an
   * existing connection can check. In all other cases, and if that fails, a separate connection is made.
   *
   * @param atHand Runs statements without making a connection first.
   * @throws SagaEncodingError; SagaSchemaError if the schema does not match and must not be changed; SagaStorageError.
   */
  async prepare(mode: MigrationMode, atHand?: StatementRunner): Promise<void> {
    if (await this.isSeenToFit(mode, atHand)) return;
    await this.connected(async (run) => {
      if (mode === 'off') return checkEncoding(run);
      const found = await readSchemaVersion(run, this.schema);
      if (found === schemaVersion) return;
      if (found > schemaVersion) throw new SagaSchemaError('newer', this.schema, found, schemaVersion);
      if (mode === 'auto') return this.migrate(run);
      throw new SagaSchemaError(found === 0 ? 'missing' : 'older', this.schema, found, schemaVersion);
    });
  }

  /**
   * The version of the schema.
   *
   * @throws SagaStorageError
   */
  async status(): Promise<SchemaStatus> {
    const found = await this.connected((run) => readSchemaVersion(run, this.schema));
    return { schema: this.schema, found, needed: schemaVersion };
  }

  private async isSeenToFit(mode: MigrationMode, atHand: StatementRunner | undefined): Promise<boolean> {
    if (atHand === undefined) return false;
    const run: RunSql = (text, values = []) => atHand.run('open', { name: undefined, text }, values);
    try {
      if (mode !== 'off') return (await readSchemaVersion(run, this.schema)) === schemaVersion;
      await checkEncoding(run);
      return true;
    } catch {
      return false;
    }
  }

  private async migrate(run: RunSql): Promise<void> {
    // A process that waited for the lock has to see the tables that were created in the meantime.
    await run('BEGIN ISOLATION LEVEL READ COMMITTED');
    try {
      await applyMigrations(run, this.schema);
      await run('COMMIT');
    } catch (error) {
      await run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  private async connected<Result>(work: (run: RunSql) => Promise<Result>): Promise<Result> {
    const client = this.createClient();
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await work((text, values = []) =>
        queryClient(client, { name: undefined, text }, values, { preparedName: undefined, deadlineMs }),
      );
    } catch (error) {
      throw sagaErrorCode(error) !== undefined ? error : toStorageError('open', error, 'query');
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
