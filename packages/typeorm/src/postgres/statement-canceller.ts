import type { SideSessions } from './side-sessions.js';
import type { StandbyWaits } from './standby-waits.js';
import type { Statement } from './statement.js';

// Only if the backend still executes this very statement: behind a pooler the number may belong to another session. And
// never while it waits for a synchronous standby: a cancel would end only this wait, and leave a commit that only this
// server has.
const cancelStatement: Statement = {
  name: undefined,
  text: `SELECT CASE WHEN wait_event = 'SyncRep' THEN 'waits' ELSE pg_cancel_backend(pid)::text END AS fate
FROM pg_stat_activity
WHERE pid = $1::integer AND datname = current_database() AND usename = session_user AND state = 'active'
  AND query <> '' AND starts_with($2::text, query)`,
};

/**
 * Cancels abandoned statements. Their connection is closed, but the backend may still wait for a lock, and would
 * execute them much later.
 */
export class StatementCanceller {
  constructor(
    private readonly sessions: SideSessions,
    private readonly standbyWaits: StandbyWaits,
  ) {}

  /** Asks the server to cancel a backend's statement, without waiting for it. */
  cancel(backend: number, text: string): void {
    void this.ask(backend, text);
  }

  // Without an answer, the server's own timeouts have to end it.
  private async ask(backend: number, text: string): Promise<void> {
    const rows = await this.sessions.ask(cancelStatement, [backend, text]);
    if (rows?.[0]?.['fate'] === 'waits') this.standbyWaits.add(backend);
  }
}
