import { sqlStateOf } from '../database/classify-error.js';
import { tablesOf } from '../database/tables.js';
import { SagaSchemaError } from '../errors/saga-schema-error.js';
import { schemaVersion } from './all-migrations.js';
import { sagaMigrationSql } from './migration-sql.js';

/** Runs one statement in the session, or the transaction, that a migration has. */
export type RunSql = (
  text: string,
  values?: readonly unknown[],
) => Promise<readonly Readonly<Record<string, unknown>>[]>;

const insufficientPrivilege = '42501';

/** The version of the saga tables in a schema; 0 where there are none. */
export async function readSchemaVersion(run: RunSql, schema: string): Promise<number> {
  if (!(await exists(run, schema, 'saga_migration'))) return 0;
  const [row] = await run(`SELECT coalesce(max(version), 0) AS version FROM ${tablesOf(schema).migration}`);
  return Number(row?.['version']);
}

/**
 * Brings a schema up to a version, in the transaction that the caller has begun. Whoever comes second waits for the
 * lock, and then finds nothing left to do.
 *
 * @throws SagaSchemaError where the schema is of a newer version, or the role may not change it.
 */
export async function applyMigrations(run: RunSql, schema: string, to = schemaVersion): Promise<void> {
  await run("SELECT pg_advisory_xact_lock(hashtextextended('nest-saga migration ' || $1, 0))", [schema]);
  const found = await readSchemaVersion(run, schema);
  if (found > schemaVersion) throw new SagaSchemaError('newer', schema, found, schemaVersion);
  if (found >= to) return;
  const statements = sagaMigrationSql({ schema, from: found, to });
  // Creating a schema asks for rights on the whole database, even where it exists.
  const isSchemaThere = found > 0 || (await exists(run, schema));
  try {
    for (const statement of isSchemaThere && found === 0 ? statements.slice(1) : statements)
      await run(statement);
  } catch (error) {
    if (sqlStateOf(error) !== insufficientPrivilege) throw error;
    throw new SagaSchemaError('forbidden', schema, found, schemaVersion, { cause: error });
  }
}

/**
 * Whether the schema is there, or the table in it. Read from the catalogs: `to_regclass` asks a cache of the session,
 * which does not know yet what the process that held the lock before has just made.
 */
async function exists(run: RunSql, schema: string, table?: string): Promise<boolean> {
  const text =
    table === undefined
      ? 'SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1'
      : `SELECT FROM pg_catalog.pg_class AS relation
         JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
         WHERE namespace.nspname = $1 AND relation.relname = $2`;
  return (await run(text, table === undefined ? [schema] : [schema, table])).length > 0;
}
