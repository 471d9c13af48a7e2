import { SagaStorageError } from '@nest-saga/core';
import type { NewSaga, SagaHeader, StartResult } from '@nest-saga/core';
import type { MessageTarget, SagaMessage } from '@nest-saga/core/storage-kit';
import type { DataSource } from 'typeorm';
import { toStorageError } from '../postgres/classify-error.js';
import { toSagaHeader } from '../postgres/mapping/saga-header-row.js';
import type { PostgresClient } from '../postgres/postgres-client.js';
import { queryClient } from '../postgres/query-client.js';
import type { Row } from '../postgres/statement.js';
import type { BoundStatement } from '../postgres/statements/grouped-write.js';
import { findIn, startIn, tellIn } from '../postgres/statements/in-transaction.js';
import type { Tables } from '../postgres/tables.js';
import { TransactionEnds } from './transaction-ends.js';
import { transactionOf } from './transaction-handle.js';

/** Takes part in transactions that the application began on its data source, with the driver's client of each. */
export class JoinedTransactions {
  private readonly ends = new TransactionEnds();

  constructor(
    private readonly dataSource: DataSource,
    private readonly tables: Tables,
    private readonly getStatementTimeoutMs: () => number,
  ) {}

  /** Observes the data source, which is initialized. */
  observe(): void {
    this.ends.observe(this.dataSource);
  }

  /** @throws InvalidArgumentError */
  end(handle: unknown): Promise<boolean> {
    return this.ends.of(transactionOf(handle, this.dataSource));
  }

  /** @throws InvalidArgumentError, SagaStorageError */
  async start(handle: unknown, saga: NewSaga): Promise<StartResult> {
    const [row] = await this.run('startIn', handle, startIn(this.tables, saga));
    if (row !== undefined) return { kind: 'started' };
    const { sagaId, saga: name, key } = saga;
    const byId = await this.find(handle, { sagaId });
    const header = byId ?? (key === undefined ? undefined : await this.find(handle, { saga: name, key }));
    if (header !== undefined) return { kind: 'exists', header };
    // It was in the way of this one, and has been deleted since.
    throw new SagaStorageError('startIn', 'not-written');
  }

  /** @throws InvalidArgumentError, SagaStorageError */
  async find(handle: unknown, target: MessageTarget): Promise<SagaHeader | undefined> {
    const [row] = await this.run('findIn', handle, findIn(this.tables, target));
    return row === undefined ? undefined : toSagaHeader(row);
  }

  /** @throws InvalidArgumentError, SagaStorageError */
  async tell(handle: unknown, message: SagaMessage): Promise<void> {
    await this.run('signalIn', handle, tellIn(this.tables, message));
  }

  /** Not through TypeORM: its logger and its errors would show contexts. */
  private async run(
    operation: string,
    handle: unknown,
    { statement, values }: BoundStatement,
  ): Promise<readonly Row[]> {
    const runner = transactionOf(handle, this.dataSource);
    const client = (await runner.connect()) as PostgresClient;
    try {
      const deadlineMs = this.getStatementTimeoutMs();
      return await queryClient(client, statement, values, { preparedName: undefined, deadlineMs });
    } catch (error) {
      // Nothing of it is committed, whatever happened to the statement.
      const { cause } = toStorageError(operation, error, 'query');
      throw new SagaStorageError(operation, 'not-written', { cause });
    }
  }
}
