import type { PostgresPool } from './postgres-client.js';

/**
 * Refuses a driver whose rows do not come as text: contexts must come back byte for byte.
 *
 * @throws TypeError for the bindings of `pg-native`, which TypeORM prefers where they are installed, and for a pool
 * that does not say how to make a client.
 */
export function checkDriver({ Client, options }: PostgresPool): void {
  if (typeof Client !== 'function')
    throw new TypeError(
      'The saga storage needs the pool of pg-pool, which has a Client; the DataSource was given a driver without one.',
    );
  if (!('native' in new Client(options))) return;
  throw new TypeError(
    'The saga storage does not work over pg-native, and TypeORM takes that where it is installed. Uninstall ' +
      'pg-native, or give the DataSource the driver without it: `import pg from "pg"` and `driver: { ...pg }`.',
  );
}
