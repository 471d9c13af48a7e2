import { setTimeout as delay } from 'node:timers/promises';
import { providePostgres, type ProvidedPostgres } from '@nest-saga/embedded-postgres';
import { findDataDirectory } from './data-directory.js';

const attempts = 20;
const pauseMs = 500;

/**
 * Provides the database in `DATABASE_URL`, or starts one whose data stays when the process ends. After a `kill -9` the
 * previous server may still be shutting down; this waits for it.
 *
 * @throws Error with the remedy, if the data belongs to another user or another version of PostgreSQL, or is
 * incomplete.
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

/** PostgreSQL's messages about data of another user or version, and about data that was left incomplete. */
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
