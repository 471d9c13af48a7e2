import type { TestDatabase } from './test-database.js';

/**
 * The content of a schema, as text that can be committed and compared: tables, columns, constraints, indexes and settings,
 * read from the catalogs, so that no other program and no version of it has a part in it.
 */
export async function describeSchema(database: TestDatabase, schema: string): Promise<string> {
  const tables = await database.query(
    `SELECT oid::integer AS oid, relname AS name, array_to_string(reloptions, ', ') AS options
     FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident($1)) AND relkind = 'r' ORDER BY relname`,
    [schema],
  );
  const parts: string[] = [];
  for (const { oid, name, options } of tables) {
    const columns = await database.query(
      `SELECT format('  %I %s%s%s', attname, format_type(atttypid, atttypmod),
         CASE WHEN attnotnull THEN ' NOT NULL' END, ' DEFAULT ' || pg_get_expr(adbin, adrelid)) AS line
       FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
       WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      [oid],
    );
    const constraints = await database.query(
      `SELECT format('  CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) AS line
       FROM pg_constraint WHERE conrelid = $1 AND contype <> 'n' ORDER BY conname`,
      [oid],
    );
    const indexes = await database.query(
      `SELECT pg_get_indexdef(indexrelid) || ';' AS line FROM pg_index
       WHERE indrelid = $1 AND NOT indisprimary ORDER BY indexrelid::regclass::text`,
      [oid],
    );
    const lines = [...columns, ...constraints].map(({ line }) => String(line)).join(',\n');
    const settings = typeof options === 'string' ? ` WITH (${options})` : '';
    parts.push(
      [
        `CREATE TABLE ${schema}.${String(name)} (\n${lines}\n)${settings};`,
        ...indexes.map(({ line }) => String(line)),
      ].join('\n'),
    );
  }
  return `${parts.join('\n\n')}\n`;
}
