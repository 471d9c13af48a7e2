import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The OS account of a server; empty for the account of this process. */
export interface PostgresAccount {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Finds the OS account for the server. PostgreSQL refuses to run as root, so root runs it as `postgres`, which is
 * created if it is missing (as in most containers).
 *
 * @throws Error with the remedy, if the account cannot be created.
 */
export async function findPostgresAccount(): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) return {};
  return (await findAccount('postgres')) ?? (await createAccount('postgres'));
}

async function findAccount(name: string): Promise<PostgresAccount | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function createAccount(name: string): Promise<PostgresAccount> {
  await run('useradd', ['--system', '--user-group', name]).catch(() => undefined);
  const account = await findAccount(name);
  if (account === undefined) {
    throw new Error(
      `PostgreSQL does not run as root, and the OS user ${name} could not be created. ` +
        'Run as another user, or set DATABASE_URL to your own server.',
    );
  }
  return account;
}
