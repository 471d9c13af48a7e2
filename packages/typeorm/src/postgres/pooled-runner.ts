import { sqlStateOf, toStorageError } from './classify-error.js';
import { DeadlineError } from './deadline-error.js';
import type { PostgresClient, PostgresPool } from './postgres-client.js';
import { checkReplicated, watchReplication } from './replication-notice.js';
import type { PreparedNames } from './prepared-names.js';
import { queryClient } from './query-client.js';
import type { QueryOptions } from './query-client.js';
import type { Row, Statement, StatementRunner } from './statement.js';
import { writeClient } from './write-query.js';
import type { WriteAnswer } from './write-query.js';

/** How a runner sends its statements. */
export interface RunnerSettings {
  readonly names: PreparedNames;
  /** How long it waits for a connection of the pool, in milliseconds. */
  readonly acquireMs: number;
  /** How long it waits for a statement's answer, in milliseconds. */
  readonly statementMs: number;
}

/** Sends one statement on a client. */
export type Send<Result> = (client: PostgresClient, options: QueryOptions) => Promise<Result>;

/** A connection of the pool that is used for several statements, for example those of a transaction. */
export interface Lease {
  /** @throws SagaStorageError */
  perform<Result>(operation: string, statement: Statement, send: Send<Result>): Promise<Result>;
  /** Gives the connection back, or closes it if it may be broken. */
  release(): void;
}

/** What a pooler that moves statements between sessions answers to a prepared one, or a changed table to its old plan. */
const preparedStatementLost: ReadonlySet<string | undefined> = new Set(['26000', '42P05', '0A000']);

/** Serialisation failure, deadlock, a place that somebody took in the same moment. */
const conflicts: ReadonlySet<string | undefined> = new Set(['40001', '40P01', '23505']);
const maximumAttempts = 5;

/** Runs a statement that is a transaction of its own again if it lost against another one: it did nothing. */
export async function retryConflicts<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= maximumAttempts || !conflicts.has(sqlStateOf(error))) throw error;
    }
  }
}

/**
 * Runs statements on the application's own pool. It takes the driver's client, because only that can prepare a
 * statement, and because TypeORM's logger and errors would show contexts. Nothing waits for ever: not for a
 * connection, not for an answer.
 */
export class PooledRunner implements StatementRunner {
  constructor(
    private readonly getPool: () => PostgresPool,
    private readonly getSettings: () => RunnerSettings,
    /** Is told the backend that still works at a statement nobody waits for any more. */
    private readonly onAbandoned: (backend: number, text: string) => void,
  ) {}

  /**
   * Runs a statement and answers its rows. One that lost against another transaction did nothing, so it is run again.
   *
   * @throws SagaStorageError
   */
  run(operation: string, statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.perform(operation, statement, (client, options) =>
      queryClient(client, statement, values, options),
    );
  }

  /** The same for a statement of the hot path, which answers how many rows it wrote and at most one text. */
  write(statement: Statement, values: readonly unknown[]): Promise<WriteAnswer> {
    return this.perform('write', statement, (client, options) =>
      writeClient(client, statement, values, options),
    );
  }

  private perform<Result>(operation: string, statement: Statement, send: Send<Result>): Promise<Result> {
    return retryConflicts(() => this.performOnce(operation, statement, send));
  }

  private async performOnce<Result>(
    operation: string,
    statement: Statement,
    send: Send<Result>,
  ): Promise<Result> {
    const lease = await this.lease(operation);
    try {
      return await lease.perform(operation, statement, send);
    } finally {
      lease.release();
    }
  }

  /**
   * Takes a connection of the pool, until it is released.
   *
   * @throws SagaStorageError
   */
  async lease(operation: string): Promise<Lease> {
    const { client, release } = await this.acquire(operation);
    let isBroken = false;
    return {
      perform: async (name, statement, send) => {
        try {
          const result = await this.sendPrepared(client, statement, send);
          checkReplicated(name, client);
          return result;
        } catch (error) {
          const failure = toStorageError(name, error, 'query');
          // A connection that may be broken must not go back among the good ones.
          isBroken ||= failure.outcome === 'unknown';
          if (error instanceof DeadlineError && client.processID !== null)
            this.onAbandoned(client.processID, statement.text);
          throw failure;
        }
      },
      release: () => release(isBroken),
    };
  }

  private async sendPrepared<Result>(
    client: PostgresClient,
    statement: Statement,
    send: Send<Result>,
  ): Promise<Result> {
    const { names, statementMs: deadlineMs } = this.getSettings();
    const preparedName = names.nameOf(statement);
    try {
      return await send(client, { preparedName, deadlineMs });
    } catch (error) {
      if (preparedName === undefined || !preparedStatementLost.has(sqlStateOf(error))) throw error;
      // It was refused before it ran.
      names.lost();
      return await send(client, { preparedName: names.nameOf(statement), deadlineMs });
    }
  }

  private async acquire(operation: string): Promise<Acquired> {
    const { acquireMs } = this.getSettings();
    const pool = this.getPool();
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        const error = new Error(`The pool gave no connection within ${acquireMs} ms.`);
        reject(toStorageError(operation, error, 'connect'));
      }, acquireMs);
      pool.connect((error, client, release) => {
        clearTimeout(timer);
        if (client === undefined) return reject(toStorageError(operation, error, 'connect'));
        if (isLate) return release();
        guardErrors(client);
        watchReplication(client);
        resolve({ client, release });
      });
    });
  }
}

interface Acquired {
  readonly client: PostgresClient;
  /** @param isBroken Whether to close the connection instead of giving it back. */
  readonly release: (isBroken?: boolean) => void;
}

const guarded = new WeakSet<PostgresClient>();

/**
 * Keeps an error event of a connection from ending the process, which it does where nobody listens to it, for example
 * between two statements. Whoever uses the connection is told by the statement that fails.
 */
export function guardErrors(client: PostgresClient): void {
  if (guarded.has(client)) return;
  guarded.add(client);
  client.on('error', () => undefined);
}
