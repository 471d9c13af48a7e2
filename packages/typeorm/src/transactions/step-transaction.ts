import type { AppendRequest, AppendResult } from '@nest-saga/core';
import type { StorageTransaction } from '@nest-saga/core/storage-kit';
import type { EntityManager, QueryRunner } from 'typeorm';
import { sqlStateOf, toStorageError } from '../postgres/classify-error.js';
import type { PostgresClient } from '../postgres/postgres-client.js';
import { queryClient } from '../postgres/query-client.js';
import type { BoundWrite } from '../postgres/statements/grouped-write.js';
import { writeClient } from '../postgres/write-query.js';
import { isTransientError } from './transient-error.js';

/** What a transaction needs of its storage. */
export interface StepTransactionPorts {
  bind(request: AppendRequest): BoundWrite;
  readonly statementTimeoutMs: number;
  /** Ends a session of the server, which may still run a statement. */
  terminate(backend: number): void;
}

const uniqueViolation = '23505';

/** A transaction of one attempt, on a connection of its own. */
export class StepTransaction implements StorageTransaction {
  private isCommitted = false;
  private isAbandoned = false;
  private isBroken = false;
  private readonly onBroken = (): void => {
    this.isBroken = true;
  };

  constructor(
    private readonly runner: QueryRunner,
    private readonly client: PostgresClient,
    private readonly ports: StepTransactionPorts,
  ) {
    client.on('error', this.onBroken);
    client.on('end', this.onBroken);
  }

  get handle(): EntityManager {
    return this.runner.manager;
  }

  // A savepoint, because the `seq` may be used by a transaction that commits at this moment: the error of the primary key must
  // not end the transaction of the application.
  async append(request: AppendRequest): Promise<AppendResult> {
    try {
      await this.run('SAVEPOINT nest_saga');
      const { statement, values, writtenBy } = this.ports.bind(request);
      const options = { preparedName: undefined, deadlineMs: this.ports.statementTimeoutMs };
      const answer = await writeClient(this.client, statement, values, options);
      return writtenBy(answer).has(request.sagaId) ? 'stored' : 'fenced';
    } catch (error) {
      if (sqlStateOf(error) !== uniqueViolation) throw toStorageError('append', error, 'query');
      await this.run('ROLLBACK TO SAVEPOINT nest_saga');
      return 'fenced';
    }
  }

  async commit(): Promise<void> {
    try {
      await this.runner.commitTransaction();
    } catch (error) {
      throw toStorageError('commit', error, 'query');
    }
    this.isCommitted = true;
  }

  abandon(): void {
    if (this.isAbandoned || this.isCommitted) return;
    this.isAbandoned = true;
    const { processID } = this.client;
    this.client.end().catch(() => undefined);
    if (processID !== null) this.ports.terminate(processID);
  }

  isTransient(error: unknown): boolean {
    return (this.isBroken && !this.isAbandoned) || isTransientError(error);
  }

  /** Rolls back if it is not committed, and returns the connection to its pool. */
  async end(): Promise<void> {
    if (!this.isCommitted) await this.runner.rollbackTransaction().catch(() => this.abandon());
    this.client.removeListener('error', this.onBroken);
    this.client.removeListener('end', this.onBroken);
    await this.runner.release().catch(() => undefined);
  }

  private async run(text: string): Promise<void> {
    const options = { preparedName: undefined, deadlineMs: this.ports.statementTimeoutMs };
    await queryClient(this.client, { name: undefined, text }, [], options);
  }
}
