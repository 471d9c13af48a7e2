import { setTimeout as delay } from 'node:timers/promises';
import { providePostgres, type ProvidedPostgres } from '@nest-saga/embedded-postgres';
import { findDataDirectory } from './data-directory.js';

const attempts = 20;
const pauseMs = 500;

/**
 * Provides the database that `DATABASE_URL` names, or starts one whose data stays when the process ends. After a
 * `kill -9` the previous server may still be going down: that is waited for.
 *
 * @throws Error with the remedy if the data is of another user, of another version of PostgreSQL, or half made.
 */
export async function startDatabase(): Promise<ProvidedPostgres> {
  const dataDirectory = await findDataDirectory();
  for (let attempt = 1; ; attempt++) {
    try {
      return await providePostgres({ dataDirectory, settings: { max_connections: 100 } });
    } catch (error) {
      if (isUnusable(error)) throw unusable(dataDirectory, error);
      if (attempt === attempts || !isStillInUse(error)) throw error;
      await delay(pauseMs);
    }
  }
}

function isStillInUse(error: unknown): boolean {
  return error instanceof Error && error.message.includes('postmaster.pid');
}

/** What PostgreSQL says of data of another user, of another version, or that was left half made. */
const unusableData =
  /wrong ownership|invalid permissions|Permission denied|EACCES|EPERM|incompatible with server|could not access the server configuration file/;

function isUnusable(error: unknown): error is Error {
  return error instanceof Error && unusableData.test(error.message);
}

function unusable(dataDirectory: string, cause: Error): Error {
  const remedy =
    `The data in ${dataDirectory} cannot be used by this user and this version of PostgreSQL. ` +
    `Delete ${dataDirectory}, or set DATA_DIRECTORY to another directory.`;
  return new Error(`${remedy}\n\n${cause.message}`, { cause });
}
