import type { SideSessions } from './side-sessions.js';
import type { StandbyWaits } from './standby-waits.js';
import type { Statement } from './statement.js';

// Only where that very statement is still at work: behind a pooler the number may be another session's. And never where
// it waits for a synchronous standby: a cancel ends just this wait, and leaves a commit that only this server has.
const cancelStatement: Statement = {
  name: undefined,
  text: `SELECT CASE WHEN wait_event = 'SyncRep' THEN 'waits' ELSE pg_cancel_backend(pid)::text END AS fate
FROM pg_stat_activity
WHERE pid = $1::integer AND datname = current_database() AND usename = session_user AND state = 'active'
  AND query <> '' AND starts_with($2::text, query)`,
};

/**
 * Stops statements that nobody waits for any more. Their connection is gone, but the backend may still wait for a lock,
 * and would do its work long after it was given up.
 */
export class StatementCanceller {
  constructor(
    private readonly sessions: SideSessions,
    private readonly standbyWaits: StandbyWaits,
  ) {}

  /** Asks the server to stop a backend's statement, and does not wait for it. */
  cancel(backend: number, text: string): void {
    void this.ask(backend, text);
  }

  // Without an answer the server's own timeouts are left to end it.
  private async ask(backend: number, text: string): Promise<void> {
    const rows = await this.sessions.ask(cancelStatement, [backend, text]);
    if (rows?.[0]?.['fate'] === 'waits') this.standbyWaits.add(backend);
  }
}
