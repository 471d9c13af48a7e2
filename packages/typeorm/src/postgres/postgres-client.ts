import type { DataSource } from 'typeorm';

/** The part of the `pg` driver's client that this package uses. */
export interface PostgresClient {
  readonly processID: number | null;
  /** The driver's protocol layer, if the driver exposes it. */
  readonly connection?: Partial<WireConnection>;
  connect(): Promise<unknown>;
  query(query: ClientQuery): Promise<QueryResult>;
  query(query: Submittable): unknown;
  end(): Promise<void>;
  on(event: string, listener: (argument: never) => void): unknown;
  removeListener(event: string, listener: (argument: never) => void): unknown;
}

/** The part of the driver's protocol layer that a custom query needs. */
export interface WireConnection {
  /** The prepared statements of the connection, by name. The driver updates it. */
  readonly parsedStatements: Readonly<Record<string, string | undefined>>;
  readonly stream: { cork(): void; uncork(): void };
  parse(statement: { readonly name: string | undefined; readonly text: string }): void;
  bind(portal: { readonly statement: string | undefined; readonly values: readonly WireValue[] }): void;
  execute(portal: { readonly rows: number }): void;
  sync(): void;
}

/** A parameter as it is sent: text, or the type's binary form. */
export type WireValue = string | Buffer | null;

/** A query in the form that the driver accepts. */
export interface ClientQuery {
  /** The name under which it is prepared once for each connection; if undefined, it is parsed each time. */
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Undefined for the parsers that the application has set. */
  readonly types: { getTypeParser(): (text: string) => string } | undefined;
}

/** The driver's answer to a query. */
export interface QueryResult {
  readonly rows: readonly unknown[];
  readonly rowCount: number | null;
  /** The first word of the statement. */
  readonly command?: string;
}

/** A query that sends itself. The driver passes it the messages of the server. */
export interface Submittable {
  submit(connection: WireConnection): void;
}

/** The options of the application's pool. */
interface PoolOptions extends Readonly<Record<string, unknown>> {
  /** The application's hook for new connections. */
  readonly onConnect?: (client: PostgresClient) => unknown;
  /** Refuses a new connection by calling back with an error. */
  readonly verify?: (client: PostgresClient, done: (error?: Error | null) => void) => void;
}

/** The part of the driver's pool that this package uses. */
export interface PostgresPool {
  readonly Client: new (options: Readonly<Record<string, unknown>>) => PostgresClient;
  readonly options: PoolOptions;
  /** The number of open connections that are not in use. */
  readonly idleCount: number;
  connect(
    callback: (
      error: unknown,
      client: PostgresClient | undefined,
      release: (isBroken?: boolean) => void,
    ) => void,
  ): void;
  on(event: 'connect', listener: (client: PostgresClient) => void): unknown;
  removeListener(event: 'connect', listener: (client: PostgresClient) => void): unknown;
  listeners(event: 'connect'): readonly ((client: PostgresClient) => void)[];
}

/**
 * The pool of a data source.
 *
 * @throws TypeError if it is not a pool of PostgreSQL, or not connected.
 */
export function poolOf(dataSource: DataSource): PostgresPool {
  if (dataSource.options.type !== 'postgres')
    throw new TypeError(
      `The saga storage needs a DataSource of type "postgres"; this one is "${dataSource.options.type}".`,
    );
  const pool = (dataSource.driver as unknown as { readonly master?: PostgresPool }).master;
  if (pool === undefined) throw new TypeError('The DataSource of the saga storage is not initialized.');
  return pool;
}
