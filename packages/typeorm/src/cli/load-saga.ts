import { isSagaError, noSurroundings } from '@nest-saga/core/storage-kit';
import type { LoadedSaga } from '@nest-saga/core';
import pg from 'pg';
import { OwnConnection } from '../postgres/own-connection.js';
import type { PostgresClient } from '../postgres/postgres-client.js';
import { defaultSchema } from '../postgres/schema-name.js';
import { tablesOf } from '../postgres/tables.js';
import { toLoadedSaga } from '../postgres/mapping/journal-rows.js';
import { loadStatement } from '../postgres/statements/read-journals.js';

const deadlineMs = 10_000;

/**
 * Reads one saga for `nest-saga diagram --execution`, on a connection of its own and without the application.
 *
 * @throws InvalidArgumentError for a schema name that is not one; else what the server or the driver says.
 */
export async function loadSaga(
  sagaId: string,
  { url, schema = defaultSchema }: { readonly url: string; readonly schema?: string | undefined },
): Promise<LoadedSaga | undefined> {
  const tables = tablesOf(schema);
  const connection = new OwnConnection(
    () =>
      new pg.Client({
        connectionString: url,
        application_name: 'nest-saga diagram',
        connectionTimeoutMillis: deadlineMs,
      }) as unknown as PostgresClient,
    noSurroundings.run,
  );
  try {
    return toLoadedSaga(await connection.run('load', loadStatement(tables), [sagaId], deadlineMs));
  } catch (error) {
    // The storage's own words are about writes; what the server said is what helps here.
    throw isSagaError(error, 'SAGA_STORAGE_FAILED') ? (error.cause ?? error) : error;
  } finally {
    await connection.close().catch(() => undefined);
  }
}
