import type { Surroundings } from '@nest-saga/core/storage-kit';
import type { Statement, StatementRunner } from './statement.js';
import { durableCommit } from './statements/durable-moment.js';

/**
 * A transaction without an effect that waits for the synchronous standby as every commit does: when it is answered,
 * everything that was visible before is replicated, too. A server without synchronous replication only shows durable
 * data, so nothing is written there.
 */
const statement: Statement = {
  name: 'barrier',
  text: `SELECT ${durableCommit}, pg_logical_emit_message(true, 'nest-saga', '')::text
WHERE current_setting('synchronous_standby_names') <> ''`,
};

/**
 * Waits until the writes of others are durable. A commit whose wait for the standby was cancelled, by a person or a
 * restart, is visible and may still be lost in a failover, so a `seq` that is used already proves nothing by itself.
 */
export class DurabilityBarrier {
  private next: Promise<void> | undefined;
  private last: Promise<unknown> = Promise.resolve();

  /** @param runShared Runs the sending of its transaction, whatever caller caused it. */
  constructor(
    private readonly runner: StatementRunner,
    private readonly runShared: Surroundings['run'],
  ) {}

  /**
   * Resolves when everything that was visible before is durable. One transaction serves all requests that were made
   * before it begins.
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
