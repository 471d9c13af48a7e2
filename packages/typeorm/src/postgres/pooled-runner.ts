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

/** The limits of a runner. */
export interface RunnerSettings {
  readonly names: PreparedNames;
  /** How long it waits for a connection of the pool, in milliseconds. */
  readonly acquireMs: number;
  /** How long it waits for the answer to a statement, in milliseconds. */
  readonly statementMs: number;
}

/** Sends one statement on a client. */
export type Send<Result> = (client: PostgresClient, options: QueryOptions) => Promise<Result>;

/** A connection of the pool that is used for several statements, for example those of a transaction. */
export interface Lease {
  /** @throws SagaStorageError */
  perform<Result>(operation: string, statement: Statement, send: Send<Result>): Promise<Result>;
  /** Returns the connection to the pool, or closes it if it may be broken. */
  release(): void;
}

/**
 * The answers to a prepared statement of a pooler that moves statements between sessions, and of a server whose table
 * has changed since.
 */
const preparedStatementLost: ReadonlySet<string | undefined> = new Set(['26000', '42P05', '0A000']);

/** Serialization failure, deadlock, or a `seq` that another transaction used at the same time. */
const conflicts: ReadonlySet<string | undefined> = new Set(['40001', '40P01', '23505']);
const maximumAttempts = 5;

/** Repeats a statement that is its own transaction if it lost against another one: it had no effect. */
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
 * Runs statements on the application's own pool. It uses the driver's client, because only that can prepare a
 * statement, and because TypeORM's logger and errors would show contexts. It never waits without a limit, neither for a
 * connection nor for an answer.
 */
export class PooledRunner implements StatementRunner {
  constructor(
    private readonly getPool: () => PostgresPool,
    private readonly getSettings: () => RunnerSettings,
    /** Called with the backend that still executes an abandoned statement. */
    private readonly onAbandoned: (backend: number, text: string) => void,
  ) {}

  /**
   * Runs a statement and resolves with its rows. A statement that lost against another transaction had no effect, so it
   * is repeated.
   *
   * @throws SagaStorageError
   */
  run(operation: string, statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.perform(operation, statement, (client, options) =>
      queryClient(client, statement, values, options),
    );
  }

  /** The same for a statement of the hot path, whose answer is the number of rows and at most one text. */
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
   * Takes a connection from the pool until it is released.
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
          // A connection that may be broken must not be reused.
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
      // The statement was refused before it ran.
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
  /** @param isBroken Whether to close the connection instead of returning it. */
  readonly release: (isBroken?: boolean) => void;
}

const guarded = new WeakSet<PostgresClient>();

/**
 * Keeps an error event of a connection from ending the process, which happens if the event has no listener, for example
 * between two statements. The user of the connection gets the error from the statement that fails.
 */
export function guardErrors(client: PostgresClient): void {
  if (guarded.has(client)) return;
  guarded.add(client);
  client.on('error', () => undefined);
}
