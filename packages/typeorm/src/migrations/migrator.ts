import { sqlStateOf, toStorageError } from '../database/classify-error.js';
import type { PostgresClient } from '../database/postgres-client.js';
import { queryClient } from '../database/query-client.js';
import type { Row } from '../database/statement.js';
import { tablesOf } from '../database/tables.js';
import { SagaSchemaError } from '../errors/saga-schema-error.js';
import { schemaVersion } from './all-migrations.js';
import { sagaMigrationSql } from './migration-sql.js';

/** What a start does about the schema: bring it up to date, refuse one that does not fit, or look away. */
export type MigrationMode = 'auto' | 'check' | 'off';

/** Where a schema stands, as `nest-saga status` tells it. */
export interface SchemaStatus {
  readonly schema: string;
  /** 0: there are no saga tables. */
  readonly found: number;
  readonly needed: number;
}

const insufficientPrivilege = '42501';

/** Migrations may rebuild an index, so they are given time. */
const deadlineMs = 600_000;

/** Brings one schema up to date, or says where it stands, on a connection of its own. */
export class Migrator {
  private readonly schema: string;

  /** @param createClient Makes a client that is not connected yet. */
  constructor(
    schemaName: string,
    private readonly createClient: () => PostgresClient,
  ) {
    this.schema = tablesOf(schemaName).schemaName;
  }

  /**
   * Does what the mode says.
   *
   * @throws SagaSchemaError where the schema does not fit and is not to be changed; SagaStorageError.
   */
  async prepare(mode: MigrationMode): Promise<void> {
    if (mode === 'off') return;
    await this.connected(async (run) => {
      const found = await this.readVersion(run);
      if (found === schemaVersion) return;
      if (found > schemaVersion) throw this.mismatch('newer', found);
      if (mode === 'check') throw this.mismatch(found === 0 ? 'missing' : 'older', found);
      await this.migrate(run);
    });
  }

  /** Where the schema stands. @throws SagaStorageError */
  async status(): Promise<SchemaStatus> {
    const found = await this.connected((run) => this.readVersion(run));
    return { schema: this.schema, found, needed: schemaVersion };
  }

  // Whoever comes second waits for the lock, and then finds nothing left to do.
  private async migrate(run: Run): Promise<void> {
    await run('BEGIN');
    try {
      await run("SELECT pg_advisory_xact_lock(hashtextextended('nest-saga migration ' || $1, 0))", [
        this.schema,
      ]);
      await this.migrateLocked(run);
      await run('COMMIT');
    } catch (error) {
      await run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  private async migrateLocked(run: Run): Promise<void> {
    const found = await this.readVersion(run);
    if (found > schemaVersion) throw this.mismatch('newer', found);
    try {
      for (const statement of await this.statementsFrom(run, found)) await run(statement);
    } catch (error) {
      if (sqlStateOf(error) !== insufficientPrivilege) throw error;
      throw this.mismatch('forbidden', found, { cause: error });
    }
  }

  private async statementsFrom(run: Run, found: number): Promise<readonly string[]> {
    const statements = sagaMigrationSql({ schema: this.schema, from: found });
    const [row] = await run('SELECT to_regnamespace(quote_ident($1)) IS NOT NULL AS exists', [this.schema]);
    // Creating a schema asks for rights on the whole database, even where it exists.
    return found === 0 && row?.['exists'] === 't' ? statements.slice(1) : statements;
  }

  private async readVersion(run: Run): Promise<number> {
    const { migration } = tablesOf(this.schema);
    const [found] = await run('SELECT to_regclass($1) IS NOT NULL AS exists', [migration]);
    if (found?.['exists'] !== 't') return 0;
    const [row] = await run(`SELECT coalesce(max(version), 0) AS version FROM ${migration}`);
    return Number(row?.['version']);
  }

  private mismatch(
    problem: SagaSchemaError['problem'],
    found: number,
    options?: ErrorOptions,
  ): SagaSchemaError {
    return new SagaSchemaError(problem, this.schema, found, schemaVersion, options);
  }

  private async connected<Result>(work: (run: Run) => Promise<Result>): Promise<Result> {
    const client = this.createClient();
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await work((text, values = []) =>
        queryClient(client, { name: undefined, text }, values, { preparedName: undefined, deadlineMs }),
      );
    } catch (error) {
      throw error instanceof SagaSchemaError ? error : toStorageError('open', error, 'query');
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

type Run = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
