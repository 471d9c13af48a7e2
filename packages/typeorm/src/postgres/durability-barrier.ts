import type { Surroundings } from '@nest-saga/core/storage-kit';
import type { Statement, StatementRunner } from './statement.js';
import { durableCommit } from './statements/durable-moment.js';

/**
 * A transaction that says nothing and waits for the synchronous standby as every commit does: once it is answered,
 * what was visible before it is replicated, too. A server without synchronous replication shows only what is durable
 * already, so nothing is written there.
 */
const statement: Statement = {
  name: 'barrier',
  text: `SELECT ${durableCommit}, pg_logical_emit_message(true, 'nest-saga', '')::text
WHERE current_setting('synchronous_standby_names') <> ''`,
};

/**
 * Waits until what others wrote is durable. A commit whose wait for the standby was broken off, by a person or a restart,
 * is visible and may still be lost in a failover, so a place that is taken proves nothing by itself.
 */
export class DurabilityBarrier {
  private next: Promise<void> | undefined;
  private last: Promise<unknown> = Promise.resolve();

  /** @param runShared Where its transaction is sent, whoever asks first. */
  constructor(
    private readonly runner: StatementRunner,
    private readonly runShared: Surroundings['run'],
  ) {}

  /**
   * Resolves once everything that was visible before is durable. One transaction at a time serves all who ask before
   * it begins.
   *
   * @throws SagaStorageError
   */
  wait(operation: string): Promise<void> {
    this.next ??= this.runShared(() => this.after(this.last, operation));
    return this.next;
  }

  private async after(previous: Promise<unknown>, operation: string): Promise<void> {
    await previous;
    this.next = undefined;
    const sent = this.runner.run(operation, statement, []);
    this.last = sent.catch(() => undefined);
    await sent;
  }
}
