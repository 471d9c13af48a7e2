import type { PostgresClient } from './postgres-client.js';
import { queryClient } from './query-client.js';
import type { Statement } from './statement.js';

const deadlineMs = 5_000;
// Only where that very statement is still at work: behind a pooler the number may be another session's. And never where
// it waits for a synchronous standby: a cancel ends just this wait, and leaves a commit that only this server has.
const cancelStatement: Statement = {
  name: undefined,
  text: `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
WHERE pid = $1::integer AND datname = current_database() AND usename = current_user AND state = 'active'
  AND wait_event IS DISTINCT FROM 'SyncRep' AND query <> '' AND starts_with($2::text, query)`,
};

/**
 * Stops statements that nobody waits for any more. Their connection is gone, but the backend may still wait for a lock,
 * and would do its work long after it was given up. Each is stopped over a connection of its own: this is rare, and
 * the connection that renews leases must not wait for it.
 */
export class StatementCanceller {
  private readonly clients = new Set<PostgresClient>();

  constructor(private readonly createClient: () => PostgresClient) {}

  /** Asks the server to stop a backend's statement, and does not wait for it. */
  cancel(backend: number, text: string): void {
    const client = this.createClient();
    client.on('error', () => undefined);
    this.clients.add(client);
    void this.send(client, [backend, text]);
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    await Promise.all([...this.clients].map((client) => client.end().catch(() => undefined)));
  }

  private async send(client: PostgresClient, values: readonly unknown[]): Promise<void> {
    try {
      await client.connect();
      await queryClient(client, cancelStatement, values, { preparedName: undefined, deadlineMs });
    } catch {
      // The server's own timeouts are left to end it.
    }
    await client.end().catch(() => undefined);
    this.clients.delete(client);
  }
}
