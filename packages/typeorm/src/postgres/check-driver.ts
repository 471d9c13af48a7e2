import type { PostgresPool } from './postgres-client.js';

/**
 * Refuses a driver whose rows are not text: contexts must be read byte for byte.
 *
 * @throws TypeError for the bindings of `pg-native`, which TypeORM prefers if they are installed, and for a pool
 * without a client class.
 */
export function checkDriver({ Client, options }: PostgresPool): void {
  if (typeof Client !== 'function')
    throw new TypeError(
      'The saga storage needs the pool of pg-pool, which has a Client; the DataSource was given a driver without one.',
    );
  if (!('native' in new Client(options))) return;
  throw new TypeError(
    'The saga storage does not work over pg-native, and TypeORM uses that if it is installed. Uninstall ' +
      'pg-native, or give the DataSource the driver without it: `import pg from "pg"` and `driver: { ...pg }`.',
  );
}
