import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { canOthersEnter } from '@nest-saga/embedded-postgres';

/**
 * Where the demo's own database keeps its data: `.data/postgres` in the repository, or the directory that
 * `DATA_DIRECTORY` names. Root runs PostgreSQL as another OS user; where that user cannot pass through the
 * repository's parents (a home directory, for instance), it is a directory under the system's temporary one.
 */
export async function findDataDirectory(): Promise<string> {
  const directory = await chooseDirectory();
  // Made here, for everybody to pass: initdb makes what is missing, but for its own user alone.
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
