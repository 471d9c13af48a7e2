import type { DataSource } from 'typeorm';

/** The part of the `pg` driver's client that this package uses. */
export interface PostgresClient {
  readonly processID: number | null;
  /** The driver's protocol layer, where it shows it. */
  readonly connection?: Partial<WireConnection>;
  connect(): Promise<unknown>;
  query(query: ClientQuery): Promise<QueryResult>;
  query(query: Submittable): unknown;
  end(): Promise<void>;
  on(event: string, listener: (argument: never) => void): unknown;
  removeListener(event: string, listener: (argument: never) => void): unknown;
}

/** The driver's protocol layer, as far as a query needs it that is not the driver's own. */
export interface WireConnection {
  /** What is prepared on it, by name. The driver keeps this up to date. */
  readonly parsedStatements: Readonly<Record<string, string | undefined>>;
  readonly stream: { cork(): void; uncork(): void };
  parse(statement: { readonly name: string | undefined; readonly text: string }): void;
  bind(portal: { readonly statement: string | undefined; readonly values: readonly WireValue[] }): void;
  execute(portal: { readonly rows: number }): void;
  sync(): void;
}

/** A parameter as it travels: text, or the type's binary form. */
export type WireValue = string | Buffer | null;

/** A query as the driver takes it. */
export interface ClientQuery {
  /** Under which it is prepared once for each connection; undefined parses it anew each time. */
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Undefined: the parsers that the application has set. */
  readonly types: { getTypeParser(): (text: string) => string } | undefined;
}

/** What the driver answers to a query. */
export interface QueryResult {
  readonly rows: readonly unknown[];
  readonly rowCount: number | null;
  /** The first word of the statement. */
  readonly command?: string;
}

/** A query that sends itself. The driver tells it what is answered. */
export interface Submittable {
  submit(connection: WireConnection): void;
}

/** What the application's pool was made with. */
interface PoolOptions extends Readonly<Record<string, unknown>> {
  /** What the application does to each new connection. */
  readonly onConnect?: (client: PostgresClient) => unknown;
  /** Refuses a new connection by calling back with an error. */
  readonly verify?: (client: PostgresClient, done: (error?: Error | null) => void) => void;
}

/** The part of the driver's pool that this package uses. */
export interface PostgresPool {
  readonly Client: new (options: Readonly<Record<string, unknown>>) => PostgresClient;
  readonly options: PoolOptions;
  /** How many connections are open and used by nobody. */
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
}

/**
 * The pool that a data source writes through.
 *
 * @throws TypeError where it is not one of PostgreSQL, or not connected.
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
