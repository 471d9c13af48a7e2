/** A TypeORM `QueryRunner`, `EntityManager` or `DataSource`: it runs one statement. */
export interface SqlRunner {
  query(text: string, values?: unknown[]): Promise<unknown>;
}

/** Whether the table of the barrier is in a schema, read from the catalogs, which have no cache of the session. */
export async function hasTable(runner: SqlRunner, schema: string): Promise<boolean> {
  const rows = await runner.query(
    `SELECT FROM pg_catalog.pg_class AS relation
     JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
     WHERE namespace.nspname = $1 AND relation.relname = 'saga_participant'`,
    [schema],
  );
  return isFilled(rows);
}

/** Creates the table, in the transaction of the caller. A second process waits for the lock and then finds the table. */
export async function createTable(
  runner: SqlRunner,
  schema: string,
  statements: readonly string[],
): Promise<void> {
  await runner.query("SELECT pg_advisory_xact_lock(hashtextextended('nest-saga participant ' || $1, 0))", [
    schema,
  ]);
  if (await hasTable(runner, schema)) return;
  const schemas = await runner.query('SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1', [schema]);
  // Creating a schema needs rights on the whole database, even if it exists.
  for (const statement of isFilled(schemas) ? statements.slice(1) : statements) await runner.query(statement);
}

function isFilled(rows: unknown): boolean {
  return Array.isArray(rows) && rows.length > 0;
}
