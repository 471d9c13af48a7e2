import { createDatabase, dropDatabase, type CreateDatabaseOptions } from './databases.js';
import { startEmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';

/** A PostgreSQL server to use, embedded or external. */
export interface ProvidedPostgres {
  readonly url: string;
  /** Whether this process started the server. An external one comes from `DATABASE_URL` and is left running. */
  readonly embedded: boolean;
  createDatabase(name: string, options?: CreateDatabaseOptions): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /** Stops the server, if this process started it. */
  stop(): Promise<void>;
}

/** Provides the server in `DATABASE_URL`, or an embedded one if that is not set. */
export async function providePostgres(options: EmbeddedPostgresOptions = {}): Promise<ProvidedPostgres> {
  const url = process.env['DATABASE_URL'];
  if (url === undefined || url === '') {
    return await startEmbeddedPostgres(options);
  }
  return {
    url,
    embedded: false,
    createDatabase: (name, databaseOptions) => createDatabase(url, name, databaseOptions),
    dropDatabase: (name) => dropDatabase(url, name),
    stop: async () => {},
  };
}
