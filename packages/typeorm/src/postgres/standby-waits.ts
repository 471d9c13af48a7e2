import { SagaStorageError } from '@nest-saga/core';
import type { Surroundings } from '@nest-saga/core/storage-kit';
import type { SideSessions } from './side-sessions.js';
import type { Statement } from './statement.js';

/** So many writes that were given up may wait on the server for its standby, each on a connection that it keeps. */
export const maximumStandbyWaits = 4;
const lookEveryMs = 1_000;

const stillWaiting: Statement = {
  name: undefined,
  text: `SELECT pid::text FROM pg_stat_activity
WHERE pid = ANY($1::integer[]) AND datname = current_database() AND usename = session_user AND wait_event = 'SyncRep'`,
};

/** What people are told. It names no host, no user and no saga. */
const problem = 'writes wait for a synchronous standby that does not answer';
const remedy = 'See that a standby of synchronous_standby_names is connected.';
const refusal = `${maximumStandbyWaits} ${problem}; nothing more is written until one of them is done. ${remedy}`;

/**
 * The writes that were given up and wait on the server for its synchronous standby. None of them may be cancelled, and
 * each keeps its connection. While as many wait as may, no further write is sent: it would wait behind them, and every
 * process would take connections until the server has none left.
 */
export class StandbyWaits {
  private readonly backends = new Set<number>();
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly sessions: SideSessions,
    /** Is told that writes wait, and that no more are sent, once for each outage. */
    private readonly warn: (message: string) => void,
    /** Where it looks whether they still wait, whoever's write was given up. */
    private readonly runShared: Surroundings['run'],
  ) {}

  /** Why nothing can be written now, in words that show nothing of the application; undefined where there is no reason. */
  get problem(): string | undefined {
    return this.backends.size > 0 ? problem : undefined;
  }

  /** A write that was given up waits there. */
  add(backend: number): void {
    if (this.isClosed || this.backends.has(backend)) return;
    this.backends.add(backend);
    if (this.backends.size === 1) this.warn(`Nothing is durable: ${problem}. ${remedy}`);
    if (this.backends.size === maximumStandbyWaits) this.warn(refusal);
    this.lookLater();
  }

  /** @throws SagaStorageError (not-written) while as many wait as may. */
  checkRoom(operation: string): void {
    if (this.backends.size < maximumStandbyWaits) return;
    throw new SagaStorageError(operation, 'not-written', { cause: new Error(refusal) });
  }

  /** Looks no more. What waits goes on waiting, and is durable once the standby is there. */
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
    // Without an answer nobody knows, and nothing could be written either.
    if (rows !== undefined) {
      const waiting = new Set(rows.map(({ pid }) => Number(pid)));
      for (const backend of asked) if (!waiting.has(backend)) this.backends.delete(backend);
    }
    this.lookLater();
  }
}
