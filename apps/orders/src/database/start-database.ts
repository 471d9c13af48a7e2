import { setTimeout as delay } from 'node:timers/promises';
import { providePostgres, type ProvidedPostgres } from '@nest-saga/embedded-postgres';
import { findDataDirectory } from './data-directory.js';

const attempts = 20;
const pauseMs = 500;

/**
 * Provides the database that `DATABASE_URL` names, or starts one whose data stays when the process ends. After a
 * `kill -9` the previous server may still be going down: that is waited for.
 */
export async function startDatabase(): Promise<ProvidedPostgres> {
  const dataDirectory = await findDataDirectory();
  for (let attempt = 1; ; attempt++) {
    try {
      return await providePostgres({ dataDirectory, settings: { max_connections: 100 } });
    } catch (error) {
      if (attempt === attempts || !isStillInUse(error)) throw error;
      await delay(pauseMs);
    }
  }
}

function isStillInUse(error: unknown): boolean {
  return error instanceof Error && error.message.includes('postmaster.pid');
}
