import type { PostgresClient } from './postgres-client.js';
import { queryClient } from './query-client.js';
import type { Statement } from './statement.js';

const deadlineMs = 5_000;
const cancelStatement: Statement = { name: undefined, text: 'SELECT pg_cancel_backend($1::integer)' };

/**
 * Stops statements that nobody waits for any more. Their connection is gone, but the backend may still wait for a lock,
 * and would do its work long after it was given up. Each is stopped over a connection of its own: this is rare, and
 * the connection that renews leases must not wait for it.
 */
export class StatementCanceller {
  private readonly clients = new Set<PostgresClient>();

  constructor(private readonly createClient: () => PostgresClient) {}

  /** Asks the server to stop what a backend does, and does not wait for it. */
  cancel(backend: number): void {
    const client = this.createClient();
    client.on('error', () => undefined);
    this.clients.add(client);
    void this.send(client, backend);
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    await Promise.all([...this.clients].map((client) => client.end().catch(() => undefined)));
  }

  private async send(client: PostgresClient, backend: number): Promise<void> {
    try {
      await client.connect();
      await queryClient(client, cancelStatement, [backend], { preparedName: undefined, deadlineMs });
    } catch {
      // The server's own timeouts are left to end it.
    }
    await client.end().catch(() => undefined);
    this.clients.delete(client);
  }
}
