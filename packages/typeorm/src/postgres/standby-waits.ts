import { SagaStorageError } from '@nest-saga/core';
import type { Surroundings } from '@nest-saga/core/storage-kit';
import type { SideSessions } from './side-sessions.js';
import type { Statement } from './statement.js';

/**
 * The maximum number of abandoned writes that may wait on the server for its standby, each of which keeps a connection.
 */
export const maximumStandbyWaits = 4;
const lookEveryMs = 1_000;

const stillWaiting: Statement = {
  name: undefined,
  text: `SELECT pid::text FROM pg_stat_activity
WHERE pid = ANY($1::integer[]) AND datname = current_database() AND usename = session_user AND wait_event = 'SyncRep'`,
};

/** The text for people. It contains no host, no user and no saga. */
const problem = 'writes wait for a synchronous standby that does not answer';
const remedy = 'See that a standby of synchronous_standby_names is connected.';
const refusal = `${maximumStandbyWaits} ${problem}; nothing more is written until one of them is done. ${remedy}`;

/**
 * The abandoned writes that wait on the server for its synchronous standby. None of them may be cancelled, and each
 * keeps its connection. While the maximum number waits, no further write is sent: it would wait as well, and all
 * processes together would use all connections of the server.
 */
export class StandbyWaits {
  private readonly backends = new Set<number>();
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly sessions: SideSessions,
    /** Called once for each outage, when the first write waits. */
    private readonly warn: (message: string) => void,
    /** Runs the checks whether the writes still wait, whatever caller's write was abandoned. */
    private readonly runShared: Surroundings['run'],
  ) {}

  /**
   * The reason why no write is possible at the moment, without values of the application; undefined if there is none.
   */
  get problem(): string | undefined {
    return this.backends.size > 0 ? problem : undefined;
  }

  /** Adds the backend of an abandoned write. */
  add(backend: number): void {
    if (this.isClosed || this.backends.has(backend)) return;
    this.backends.add(backend);
    if (this.backends.size === 1) this.warn(`Nothing is durable: ${problem}. ${remedy}`);
    if (this.backends.size === maximumStandbyWaits) this.warn(refusal);
    this.lookLater();
  }

  /** @throws SagaStorageError (not-written) while the maximum number waits. */
  checkRoom(operation: string): void {
    if (this.backends.size < maximumStandbyWaits) return;
    throw new SagaStorageError(operation, 'not-written', { cause: new Error(refusal) });
  }

  /** Stops checking. The writes continue to wait, and become durable when the standby is there. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private lookLater(): void {
    if (this.isClosed || this.backends.size === 0) return;
    this.timer ??= this.runShared(() => setTimeout(() => void this.look(), lookEveryMs).unref());
  }

  private async look(): Promise<void> {
    const asked = [...this.backends];
    const rows = await this.sessions.ask(stillWaiting, [asked]);
    this.timer = undefined;
    // Without an answer the state is unknown, and no write would be possible either.
    if (rows !== undefined) {
      const waiting = new Set(rows.map(({ pid }) => Number(pid)));
      for (const backend of asked) if (!waiting.has(backend)) this.backends.delete(backend);
    }
    this.lookLater();
  }
}
