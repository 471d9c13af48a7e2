import { InvalidArgumentError } from '@nest-saga/core';
import { isObject } from '@nest-saga/core/storage-kit';
import type { DataSource, QueryRunner } from 'typeorm';

/** What callers have of a transaction: the manager of `dataSource.transaction()`, or a query runner. */
interface Handle {
  readonly queryRunner?: QueryRunner;
  readonly isTransactionActive?: boolean;
}

/** The name of this property depends on the version of TypeORM. */
interface Connected {
  readonly dataSource?: DataSource;
  readonly connection?: DataSource;
}

/**
 * The query runner of a transaction that the application began on the data source of the sagas.
 *
 * @throws InvalidArgumentError if it is none, or none is open on it.
 */
export function transactionOf(handle: unknown, dataSource: DataSource): QueryRunner {
  const runner = runnerOf(handle);
  if (runner === undefined || !runner.isTransactionActive || runner.isReleased)
    throw new InvalidArgumentError(
      'manager',
      'it has no open transaction; pass the manager that dataSource.transaction() gives to its function, because dataSource.manager commits each statement by itself',
    );
  const { dataSource: ofRunner, connection = ofRunner } = runner as Connected;
  if (connection !== dataSource)
    throw new InvalidArgumentError(
      'manager',
      'its transaction is on another data source than the sagas; pass one of the data source of typeOrmSagaStorage(), or use start() after the commit',
    );
  return runner;
}

function runnerOf(handle: unknown): QueryRunner | undefined {
  if (!isObject(handle)) return undefined;
  const { queryRunner, isTransactionActive } = handle as Handle;
  return isTransactionActive === undefined ? queryRunner : (handle as unknown as QueryRunner);
}
