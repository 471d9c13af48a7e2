import type { Lease } from '../postgres/pooled-runner.js';
import type { PostgresClient, QueryResult } from '../postgres/postgres-client.js';
import { asText } from '../postgres/query-client.js';
import type { QueryOptions } from '../postgres/query-client.js';
import type { Statement } from '../postgres/statement.js';
import { withinDeadline } from '../postgres/within-deadline.js';

/** A statement of the engine that TypeORM sends: its rows are text, and it may be prepared. */
export interface EngineRead {
  readonly operation: string;
  /** The name under which it is prepared; undefined if its text depends on the query. */
  readonly name: string | undefined;
}

/** The answer to TypeORM's queries during its initialization. The repositories do not depend on it. */
const duringInitialization: QueryResult = {
  rows: [{ version: 'PostgreSQL 15.0 ', current_database: 'saga', current_schema: 'public' }],
  rowCount: 1,
  command: 'SELECT',
};

type Callback = (error: unknown, result?: QueryResult) => void;

/**
 * Acts as a client of the driver for TypeORM. It takes a connection of the application's pool at its first statement
 * and keeps it until TypeORM releases it, so that a transaction stays on one connection.
 */
export class RepositoryClient {
  private lease: Promise<Lease> | undefined;
  private engineRead: EngineRead | undefined;

  /** @param takeLease Undefined while the data source is initialized: then nothing is sent. */
  constructor(private readonly takeLease: ((operation: string) => Promise<Lease>) | undefined) {}

  /** The following statements are the engine's. */
  readFor(read: EngineRead): void {
    this.engineRead = read;
  }

  /** Like the driver's method: with a callback it returns nothing. */
  query(text: unknown, values?: readonly unknown[] | Callback): Promise<QueryResult> | undefined {
    if (typeof text !== 'string')
      throw new TypeError(
        'The saga repositories cannot stream rows. Read in pages with list(), or take a data source of your own.',
      );
    if (typeof values !== 'function') return this.send(text, values ?? []);
    this.send(text, []).then((result) => values(undefined, result), values);
    return undefined;
  }

  /** The runner listens for errors of a connection; the statement that fails shows them. */
  on(): this {
    return this;
  }

  removeListener(): this {
    return this;
  }

  /** Returns the connection to the pool. */
  release(): void {
    this.lease?.then(
      (lease) => lease.release(),
      () => undefined,
    );
    this.lease = undefined;
  }

  private async send(text: string, values: readonly unknown[]): Promise<QueryResult> {
    if (this.takeLease === undefined) return duringInitialization;
    const { operation, name } = this.engineRead ?? { operation: 'query', name: undefined };
    const types = this.engineRead === undefined ? undefined : asText;
    this.lease ??= this.takeLease(operation);
    const lease = await this.lease;
    const statement: Statement = { name, text };
    return lease.perform(operation, statement, (client, options) =>
      queryAs(client, statement, values, options, types),
    );
  }
}

function queryAs(
  client: PostgresClient,
  { text }: Statement,
  values: readonly unknown[],
  { preparedName: name, deadlineMs }: QueryOptions,
  types: typeof asText | undefined,
): Promise<QueryResult> {
  return withinDeadline(client, deadlineMs, client.query({ name, text, values, types }));
}
