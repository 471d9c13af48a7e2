import type { Surroundings } from '@nest-saga/core/storage-kit';
import { toStorageError } from './classify-error.js';
import { DeadlineError } from './deadline-error.js';
import type { PostgresClient } from './postgres-client.js';
import { queryClient } from './query-client.js';
import type { Row, Statement } from './statement.js';

/** Observes the statements of a connection. */
export interface StatementWatch {
  /** Called before each statement. @throws SagaStorageError to prevent that it is sent. */
  readonly beforeEach: (operation: string) => void;
  /** Called with the backend that still executes an abandoned statement. */
  readonly onAbandoned: (backend: number, text: string) => void;
}

const unwatched: StatementWatch = { beforeEach: () => undefined, onAbandoned: () => undefined };

/**
 * One connection outside the application's pool, made on demand and again after it was lost. Its statements run one
 * after another, each with its own deadline.
 */
export class OwnConnection {
  private client: PostgresClient | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  /** @param runShared Runs the connecting and the sending, whatever caller caused it. */
  constructor(
    private readonly createClient: () => PostgresClient,
    private readonly runShared: Surroundings['run'],
    private readonly watch: StatementWatch = unwatched,
  ) {}

  /**
   * Runs one statement.
   *
   * @throws SagaStorageError
   */
  run(
    operation: string,
    statement: Statement,
    values: readonly unknown[],
    deadlineMs: number,
  ): Promise<readonly Row[]> {
    const result = this.runShared(() =>
      this.last.then(() => this.runNow(operation, statement, values, deadlineMs)),
    );
    this.last = result.catch(() => undefined);
    return result;
  }

  /** Makes a new connection, after the current statement. */
  renew(): void {
    this.last = this.last.then(() => {
      if (this.client !== undefined) this.drop(this.client);
    });
  }

  /** Ends the connection, after the current statement. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.last;
    const client = this.client;
    this.client = undefined;
    await client?.end();
  }

  private async runNow(
    operation: string,
    statement: Statement,
    values: readonly unknown[],
    deadlineMs: number,
  ): Promise<readonly Row[]> {
    this.watch.beforeEach(operation);
    const client = await this.connect(operation);
    try {
      return await queryClient(client, statement, values, { preparedName: undefined, deadlineMs });
    } catch (error) {
      const failure = toStorageError(operation, error, 'query');
      if (failure.outcome === 'unknown') this.drop(client);
      if (error instanceof DeadlineError && client.processID !== null)
        this.watch.onAbandoned(client.processID, statement.text);
      throw failure;
    }
  }

  private drop(client: PostgresClient): void {
    if (this.client === client) this.client = undefined;
    client.end().catch(() => undefined);
  }

  private async connect(operation: string): Promise<PostgresClient> {
    if (this.client !== undefined) return this.client;
    if (this.isClosed) throw toStorageError(operation, new Error('The saga storage is closed.'), 'connect');
    const client = this.createClient();
    client.on('error', () => this.drop(client));
    try {
      await client.connect();
    } catch (error) {
      throw toStorageError(operation, error, 'connect');
    }
    this.client = client;
    return client;
  }
}
