import pg from 'pg';

/** Options of {@link createDatabase}. */
export interface CreateDatabaseOptions {
  /** A database to copy instead of an empty one. It must not have connections. */
  readonly template?: string;
}

/**
 * Creates a database on the server of `serverUrl` and returns the URL of the new one.
 *
 * @throws the driver's error if the name exists already or the template is in use.
 */
export async function createDatabase(
  serverUrl: string,
  name: string,
  options: CreateDatabaseOptions = {},
): Promise<string> {
  const template = options.template === undefined ? '' : ` TEMPLATE ${pg.escapeIdentifier(options.template)}`;
  await execute(serverUrl, `CREATE DATABASE ${pg.escapeIdentifier(name)}${template}`);
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}

/**
 * Drops a database of the server of `serverUrl`, including its open connections. It succeeds if there is no such
 * database.
 */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await execute(serverUrl, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
}

async function execute(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
