import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whether every OS user can pass through a directory and all of its parents. Root's own home is closed, for instance. */
export async function canOthersEnter(directory: string): Promise<boolean> {
  return canPassThrough(await realpath(directory));
}

async function canPassThrough(directory: string): Promise<boolean> {
  const { mode } = await stat(directory);
  if ((mode & 0o001) === 0) return false;
  const parent = dirname(directory);
  return parent === directory || (await canPassThrough(parent));
}
