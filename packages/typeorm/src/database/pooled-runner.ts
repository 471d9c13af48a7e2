import { SagaStorageError } from '@nest-saga/core';
import type { DataSource, QueryRunner } from 'typeorm';
import { sqlStateOf, toStorageError } from './classify-error.js';
import type { PostgresClient } from './postgres-client.js';
import type { PreparedNames } from './prepared-names.js';
import { DeadlineError } from './deadline-error.js';
import { queryClient } from './query-client.js';
import type { Row, Statement, StatementRunner } from './statement.js';

/** How long a runner waits, in milliseconds. */
export interface RunnerDeadlines {
  /** For a connection of the pool. */
  readonly acquireMs: number;
  /** For a statement's answer. */
  readonly statementMs: number;
}

/** What a pooler that moves statements between sessions answers to a prepared one, or a changed table to its old plan. */
const preparedStatementLost: ReadonlySet<string | undefined> = new Set(['26000', '42P05', '0A000']);

/** Serialisation failure, deadlock. */
const conflicts: ReadonlySet<string | undefined> = new Set(['40001', '40P01']);
const maximumAttempts = 5;

/**
 * Runs statements on the application's own pool. It takes the driver's client, because only that can prepare a
 * statement, and because TypeORM's logger and errors would show contexts. Nothing waits for ever: not for a
 * connection, not for an answer.
 */
export class PooledRunner implements StatementRunner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly names: PreparedNames,
    private readonly deadlines: RunnerDeadlines,
    /** Is told the backend that still works at a statement nobody waits for any more. */
    private readonly onAbandoned: (backend: number) => void,
  ) {}

  /**
   * Runs one statement. One that lost a deadlock or a serialisation conflict did nothing, so it is run again.
   *
   * @throws SagaStorageError
   */
  async run(operation: string, statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.runOnce(operation, statement, values);
      } catch (error) {
        if (attempt >= maximumAttempts || !conflicts.has(sqlStateOf(error))) throw error;
      }
    }
  }

  private async runOnce(
    operation: string,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    const { queryRunner, client } = await this.acquire(operation);
    try {
      return await this.query(client, statement, values);
    } catch (error) {
      if (error instanceof DeadlineError && client.processID !== null) this.onAbandoned(client.processID);
      throw toStorageError(operation, error, 'query');
    } finally {
      await queryRunner.release();
    }
  }

  private async query(
    client: PostgresClient,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    const preparedName = this.names.nameOf(statement);
    const deadlineMs = this.deadlines.statementMs;
    try {
      return await queryClient(client, statement, values, { preparedName, deadlineMs });
    } catch (error) {
      if (preparedName === undefined || !preparedStatementLost.has(sqlStateOf(error))) throw error;
      // It was refused before it ran.
      this.names.lost();
      return await queryClient(client, statement, values, {
        preparedName: this.names.nameOf(statement),
        deadlineMs,
      });
    }
  }

  private async acquire(operation: string): Promise<Acquired> {
    const queryRunner = this.dataSource.createQueryRunner('master');
    const connecting = queryRunner.connect() as Promise<PostgresClient>;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`The pool gave no connection within ${this.deadlines.acquireMs} ms.`)),
        this.deadlines.acquireMs,
      );
    });
    try {
      return { queryRunner, client: await Promise.race([connecting, late]) };
    } catch (error) {
      // A connection that comes later goes straight back.
      connecting.then(
        () => queryRunner.release(),
        () => undefined,
      );
      throw error instanceof SagaStorageError ? error : toStorageError(operation, error, 'connect');
    } finally {
      clearTimeout(timer);
    }
  }
}

interface Acquired {
  readonly queryRunner: QueryRunner;
  readonly client: PostgresClient;
}
