import { guardErrors } from './pooled-runner.js';
import type { PostgresClient, PostgresPool } from './postgres-client.js';

const connectTimeoutMs = 5_000;

/**
 * A new client to the same database with the same credentials, outside the pool: the connection exists whatever the
 * application does with its pool. The hooks of the pool for new connections and its `connect` listeners also run on this
 * one, for example `SET ROLE`. It sends no setting that a connection pooler would refuse.
 */
export function createOwnClient(pool: PostgresPool, name: string): PostgresClient {
  const { Client, options } = pool;
  class OwnClient extends Client {
    override async connect(): Promise<void> {
      await super.connect();
      try {
        await inTime(greet(this, pool));
      } catch (error) {
        // Not awaited: a statement of the application on it may never be answered.
        this.end().catch(() => undefined);
        throw error;
      }
    }
  }
  return new OwnClient({
    ...options,
    // The driver makes the password non-enumerable.
    password: options['password'],
    application_name: name,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: undefined,
  });
}

/**
 * Runs what a pool runs before it provides a connection, in its order. A pool does not wait for its listeners: the
 * driver sends the statements of a connection in the order in which they were asked for.
 */
async function greet(client: PostgresClient, pool: PostgresPool): Promise<void> {
  const { onConnect, verify } = pool.options;
  await onConnect?.(client);
  for (const listener of pool.listeners('connect')) {
    if (listener !== guardErrors) listener.call(pool, client);
  }
  if (verify === undefined) return;
  await new Promise<void>((resolve, reject) => {
    verify(client, (error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new Error(`What the pool does to a new connection took more than ${connectTimeoutMs} ms.`)),
      connectTimeoutMs,
    );
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
