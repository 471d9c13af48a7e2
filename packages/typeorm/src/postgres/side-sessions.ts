import type { PostgresClient } from './postgres-client.js';
import { queryClient } from './query-client.js';
import type { Row, Statement } from './statement.js';

const options = { preparedName: undefined, deadlineMs: 5_000 } as const;
const begin: Statement = { name: undefined, text: 'BEGIN' };
// A role that the pool sets may neither see what the backends of the role that connected do, nor end it.
const asWhoConnected: Statement = { name: undefined, text: 'SET LOCAL ROLE NONE' };

/**
 * Asks the server about its backends, each time on a connection of its own: this is rare, and neither the pool, which
 * may be what hangs, nor the connection that renews leases may wait for it.
 */
export class SideSessions {
  private readonly clients = new Set<PostgresClient>();
  private isClosed = false;

  /** @param createClient Makes a client that is not connected yet. */
  constructor(private readonly createClient: () => PostgresClient) {}

  /** Runs one statement as the role that connected. Answers nothing where the server does not. */
  async ask(statement: Statement, values: readonly unknown[]): Promise<readonly Row[] | undefined> {
    if (this.isClosed) return undefined;
    const client = this.createClient();
    client.on('error', () => undefined);
    this.clients.add(client);
    try {
      await client.connect();
      await queryClient(client, begin, [], options);
      await queryClient(client, asWhoConnected, [], options);
      return await queryClient(client, statement, values, options);
    } catch {
      return undefined;
    } finally {
      await client.end().catch(() => undefined);
      this.clients.delete(client);
    }
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.clients].map((client) => client.end().catch(() => undefined)));
  }
}
