import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The OS account that a server runs as; empty for the account of this process. */
export interface PostgresAccount {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Says which OS account runs the server. PostgreSQL refuses to run as root, so root runs it as `postgres`, which
 * is created where it is missing (as in most containers).
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
        'Run as another user, or set DATABASE_URL to a server of your own.',
    );
  }
  return account;
}
