import type { PostgresClient, PostgresPool } from './postgres-client.js';

const connectTimeoutMs = 5_000;

/**
 * A new client to the same database with the same credentials, outside the pool: whatever the application does with
 * its pool, this connection is there. What the pool does to each of its connections is done to this one when it
 * connects, for example `SET ROLE`. It asks for no setting that a pooler between here and the server would refuse.
 */
export function createOwnClient({ Client, options }: PostgresPool, name: string): PostgresClient {
  class OwnClient extends Client {
    override async connect(): Promise<void> {
      await super.connect();
      try {
        await inTime(greet(this, options));
      } catch (error) {
        // Not waited for: what the application began on it may never be answered.
        this.end().catch(() => undefined);
        throw error;
      }
    }
  }
  return new OwnClient({
    ...options,
    // The driver hides the password from enumeration.
    password: options['password'],
    application_name: name,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: undefined,
  });
}

/** Does what a pool does to a connection before it hands it out. */
async function greet(client: PostgresClient, { onConnect, verify }: PostgresPool['options']): Promise<void> {
  await onConnect?.(client);
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
