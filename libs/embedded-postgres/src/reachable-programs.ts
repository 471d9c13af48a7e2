import { chmod, cp, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canOthersEnter } from './can-others-enter.js';
import type { PostgresAccount } from './postgres-account.js';

/**
 * The directory of the programs, in which `account` can run them: the given one, or a copy in the system's temporary
 * directory. Root's own home is closed to other users, and PostgreSQL does not run as root.
 *
 * @param name Distinguishes the copies of different versions.
 * @throws Error if a copy with that name exists that other users can change.
 */
export async function makeReachable(
  directory: string,
  name: string,
  account: PostgresAccount,
): Promise<string> {
  if (account.uid === undefined || (await canOthersEnter(directory))) return directory;
  const copy = join(tmpdir(), `nest-saga-${name}`);
  if (!(await exists(copy))) await copyTo(directory, copy);
  const { uid, mode } = await stat(copy);
  if (uid === process.getuid?.() && (mode & 0o022) === 0) return copy;
  throw new Error(
    `${copy} can be changed by other users, so its programs are not run. Remove it and try again.`,
  );
}

/** Complete or not at all: another process may make the same copy at the same time. */
async function copyTo(directory: string, copy: string): Promise<void> {
  const draft = await mkdtemp(`${copy}-`);
  try {
    await cp(directory, draft, { recursive: true, verbatimSymlinks: true });
    await chmod(draft, 0o755);
    await rename(draft, copy);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(copy))) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
