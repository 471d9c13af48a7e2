import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { PostgresAccount } from './postgres-account.js';

/** The options of one server process. */
export interface PostgresProcessOptions {
  readonly program: string;
  readonly account: PostgresAccount;
  readonly dataDirectory: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly onLog: ((line: string) => void) | undefined;
}

/** A running server process. */
export interface PostgresProcess {
  readonly pid: number;
  /** Sends the signal and resolves when the process is gone. */
  end(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>;
}

/** The second message is that of a standby, which is read-only. */
const readyMessage = /database system is ready to accept (read-only )?connections/;
const keptLogLength = 8_000;

/**
 * Starts a server and resolves when it accepts connections.
 *
 * @throws Error with the end of the server's log, if it exits before that.
 */
export async function startPostgresProcess(options: PostgresProcessOptions): Promise<PostgresProcess> {
  const child = spawn(options.program, commandLine(options), {
    ...options.account,
    cwd: '/',
    // In a separate process group: Ctrl-C in a terminal ends the owner first, which still needs its database to close.
    detached: true,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await ready(child, options.onLog);
  const { pid } = child;
  if (pid === undefined) throw new Error('The PostgreSQL process has no pid.');
  return {
    pid,
    end: async (signal) => {
      child.kill(signal);
      await exited;
    },
  };
}

/** Over TCP only, so that many servers share a machine. Messages are in English, because one of them is waited for. */
function commandLine({ dataDirectory, port, settings }: PostgresProcessOptions): string[] {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    lc_messages: 'C',
    log_destination: 'stderr',
    logging_collector: 'off',
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${asSetting(value)}`]);
  return ['-D', dataDirectory, '-p', String(port), ...flags];
}

function asSetting(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

async function ready(child: ChildProcess, onLog: ((line: string) => void) | undefined): Promise<void> {
  let log = '';
  const isReady = new Promise<void>((resolve) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-keptLogLength);
      if (readyMessage.test(log)) resolve();
      if (onLog !== undefined) text.split('\n').filter(Boolean).forEach(onLog);
    });
  });
  const hasExited = once(child, 'close').then(() => {
    throw new Error(`PostgreSQL exited before it was ready:\n${log}`);
  });
  await Promise.race([isReady, hasExited]);
  hasExited.catch(() => {});
}
