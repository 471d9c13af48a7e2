import { sqlStateOf } from '../classify-error.js';
import { tablesOf } from '../tables.js';
import { SagaSchemaError } from '../../errors/saga-schema-error.js';
import { schemaVersion } from './all-migrations.js';
import { encodingSql, requireUtf8 } from './check-encoding.js';
import { sagaMigrationSql } from './migration-sql.js';
import type { RunSql } from './run-sql.js';

const insufficientPrivilege = '42501';

/**
 * The version of the saga tables in a schema; 0 if there are none.
 *
 * @throws SagaEncodingError if the database cannot store all texts.
 */
export async function readSchemaVersion(run: RunSql, schema: string): Promise<number> {
  // Read from the catalogs: `to_regclass` uses a cache of the session, which does not contain tables that the previous
  // holder of the lock has just created.
  const [found] = await run(
    `SELECT ${encodingSql} AS encoding, count(relation.oid) AS tables
     FROM pg_catalog.pg_class AS relation
     JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
     WHERE namespace.nspname = $1 AND relation.relname = 'saga_migration'`,
    [schema],
  );
  requireUtf8(found?.['encoding']);
  if (Number(found?.['tables']) === 0) return 0;
  const [row] = await run(`SELECT coalesce(max(version), 0) AS version FROM ${tablesOf(schema).migration}`);
  return Number(row?.['version']);
}

/**
 * Migrates a schema to a version, in the transaction of the caller. A second process waits for the lock, and then finds
 * nothing to do.
 *
 * @throws SagaEncodingError; SagaSchemaError if the schema has a newer version, or the role may not change it.
 */
export async function applyMigrations(run: RunSql, schema: string, to = schemaVersion): Promise<void> {
  await run("SELECT pg_advisory_xact_lock(hashtextextended('nest-saga migration ' || $1, 0))", [schema]);
  const found = await readSchemaVersion(run, schema);
  if (found > schemaVersion) throw new SagaSchemaError('newer', schema, found, schemaVersion);
  if (found >= to) return;
  const statements = sagaMigrationSql({ schema, from: found, to });
  // Creating a schema needs rights on the whole database, even if it exists.
  const isSchemaThere = found > 0 || (await isThere(run, schema));
  try {
    for (const statement of isSchemaThere && found === 0 ? statements.slice(1) : statements)
      await run(statement);
  } catch (error) {
    if (sqlStateOf(error) !== insufficientPrivilege) throw error;
    throw new SagaSchemaError('forbidden', schema, found, schemaVersion, { cause: error });
  }
}

async function isThere(run: RunSql, schema: string): Promise<boolean> {
  return (await run('SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1', [schema])).length > 0;
}
