import type { AppendRequest } from '@nest-saga/core';
import type { StorageTransaction, TransactionLimits } from '@nest-saga/core/storage-kit';
import type { DataSource, QueryRunner } from 'typeorm';
import { toStorageError } from '../postgres/classify-error.js';
import type { Connections } from '../postgres/connections.js';
import type { PostgresClient } from '../postgres/postgres-client.js';
import { queryClient } from '../postgres/query-client.js';
import type { Statement } from '../postgres/statement.js';
import type { BoundWrite } from '../postgres/statements/grouped-write.js';
import { Permits } from './permits.js';
import { StepTransaction } from './step-transaction.js';

/** Connections of the pool that transactions leave to everything else. */
const sparedConnections = 2;
/** A paused process keeps its locks no longer than this, in milliseconds, if its step has no limit. */
const idleTimeoutMs = 60_000;
/** By how much the limits of the server are longer than the one of the step, so that the step's own signal comes first. */
const serverDelayMs = 5_000;

/** For the transaction alone. Parameters: the limit while it is idle, and in all (0: none), which PostgreSQL 17 has. */
const limitStatement: Statement = {
  name: undefined,
  text: `SELECT set_config('idle_in_transaction_session_timeout', $1::text, true),
    CASE WHEN current_setting('server_version_num')::integer >= 170000
      THEN set_config('transaction_timeout', $2::text, true) END`,
};

/** Runs attempts of steps in transactions of their own, on the application's data source. */
export class StepTransactions {
  private readonly permits = new Permits(() => Math.max(1, this.connections.poolSize - sparedConnections));

  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: Connections,
    private readonly bind: (request: AppendRequest) => BoundWrite,
  ) {}

  /** @throws What the work throws. SagaStorageError if no transaction can be begun. */
  async run<Result>(
    work: (transaction: StorageTransaction) => Promise<Result>,
    limits: TransactionLimits,
  ): Promise<Result> {
    await this.permits.acquire();
    try {
      const transaction = await this.begin(limits);
      try {
        return await work(transaction);
      } finally {
        await transaction.end();
      }
    } finally {
      this.permits.release();
    }
  }

  private async begin({ timeoutMs }: TransactionLimits): Promise<StepTransaction> {
    const runner = this.dataSource.createQueryRunner();
    const client = await this.connect(runner);
    try {
      await runner.startTransaction();
      const { statementTimeoutMs } = this.connections;
      const totalMs = timeoutMs === undefined ? 0 : Math.ceil(timeoutMs) + serverDelayMs;
      const idleMs = totalMs === 0 ? idleTimeoutMs : Math.min(idleTimeoutMs, totalMs);
      const values = [String(idleMs), String(totalMs)];
      const options = { preparedName: undefined, deadlineMs: statementTimeoutMs };
      await queryClient(client, limitStatement, values, options);
      return new StepTransaction(runner, client, {
        bind: this.bind,
        statementTimeoutMs,
        terminate: (backend) => this.connections.terminate(backend),
      });
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      await runner.release().catch(() => undefined);
      throw toStorageError('transact', error, 'connect');
    }
  }

  /** The pool may have no limit of its own for the wait for a connection. */
  private async connect(runner: QueryRunner): Promise<PostgresClient> {
    const { acquireTimeoutMs } = this.connections;
    let timer: NodeJS.Timeout | undefined;
    const connecting = runner.connect() as Promise<PostgresClient>;
    const late = new Promise<never>((_, reject) => {
      const message = `The pool gave no connection within ${acquireTimeoutMs} ms.`;
      timer = setTimeout(() => reject(new Error(message)), acquireTimeoutMs);
    });
    try {
      return await Promise.race([connecting, late]);
    } catch (error) {
      // Released before it is connected, a runner would never return its connection.
      void connecting.then(
        () => runner.release(),
        () => undefined,
      );
      throw toStorageError('transact', error, 'connect');
    } finally {
      clearTimeout(timer);
    }
  }
}
