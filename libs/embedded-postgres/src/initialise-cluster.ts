import { execFile } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { PostgresAccount } from './postgres-account.js';

const run = promisify(execFile);

/** Creates an empty PostgreSQL cluster, with the superuser `postgres`, in a directory that `account` will own. */
export async function initialiseCluster(
  initdb: string,
  dataDirectory: string,
  account: PostgresAccount,
): Promise<void> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) {
    await chown(dataDirectory, account.uid, account.gid);
  }
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  try {
    await run(initdb, [`--pgdata=${dataDirectory}`, ...options], { ...account, cwd: '/' });
  } catch (cause) {
    throw new Error(
      `initdb failed in ${dataDirectory}. The user that runs PostgreSQL must be able to reach that directory and ` +
        `${initdb}.\n${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}
