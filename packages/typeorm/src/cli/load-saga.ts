import { isSagaError, loadJournal, noSurroundings } from '@nest-saga/core/storage-kit';
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
 * Reads one saga for `nest-saga diagram --execution`, on a separate connection and without the application.
 *
 * @throws InvalidArgumentError for an invalid schema name; otherwise the error of the server or the driver.
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
    const load = async (id: string, afterSeq = 0): Promise<LoadedSaga | undefined> =>
      toLoadedSaga(await connection.run('load', loadStatement(tables), [id, afterSeq], deadlineMs));
    return await loadJournal({ load }, sagaId);
  } catch (error) {
    // The message of the storage is about writes; that of the server is useful here.
    throw isSagaError(error, 'SAGA_STORAGE_FAILED') ? (error.cause ?? error) : error;
  } finally {
    await connection.close().catch(() => undefined);
  }
}
