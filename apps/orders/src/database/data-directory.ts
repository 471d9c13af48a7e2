import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { canOthersEnter } from '@nest-saga/embedded-postgres';

/**
 * The directory of the demo's own database: `.data/postgres` in the repository, or the value of `DATA_DIRECTORY`. Root
 * runs PostgreSQL as another OS user. If that user cannot enter the parents of the repository (for example a home
 * directory), the data is in the system's temporary directory.
 */
export async function findDataDirectory(): Promise<string> {
  const directory = await chooseDirectory();
  // Created here, so that every user can enter it: initdb creates missing directories for its own user alone.
  await mkdir(dirname(directory), { recursive: true, mode: 0o755 });
  return directory;
}

async function chooseDirectory(): Promise<string> {
  const named = process.env['DATA_DIRECTORY'];
  if (named !== undefined && named !== '') return resolve(named);
  const repository = resolve(import.meta.dirname, '../../../..');
  const isReachable = process.getuid?.() !== 0 || (await canOthersEnter(repository));
  return isReachable ? join(repository, '.data', 'postgres') : join(tmpdir(), 'nest-saga-orders', 'postgres');
}
