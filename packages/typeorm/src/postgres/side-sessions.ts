import type { PostgresClient } from './postgres-client.js';
import { queryClient } from './query-client.js';
import type { Row, Statement } from './statement.js';

const options = { preparedName: undefined, deadlineMs: 5_000 } as const;
const begin: Statement = { name: undefined, text: 'BEGIN' };
// A role that the pool sets may neither see nor end the backends of the role that connected.
const asWhoConnected: Statement = { name: undefined, text: 'SET LOCAL ROLE NONE' };

/**
 * Queries the server about its backends, each time on a new connection: it is rare, and must wait neither for the pool,
 * which may be the part that hangs, nor for the connection that renews leases.
 */
export class SideSessions {
  private readonly clients = new Set<PostgresClient>();
  private isClosed = false;

  /** @param createClient Makes a client that is not connected yet. */
  constructor(private readonly createClient: () => PostgresClient) {}

  /** Runs one statement as the role that connected. Resolves with undefined if the server does not answer. */
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

  /** Abandons running queries. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.clients].map((client) => client.end().catch(() => undefined)));
  }
}
