import type { WireConnection, WireValue, PostgresClient } from './postgres-client.js';
import { asText } from './query-client.js';
import type { QueryOptions } from './query-client.js';
import type { Statement } from './statement.js';
import { withinDeadline } from './within-deadline.js';

/** The answer to a write statement. */
export interface WriteAnswer {
  /** The number of rows that it read, wrote or changed. */
  readonly rowCount: number;
  /** The first column of its last row; undefined if there was no row. */
  readonly text: string | null | undefined;
}

/** Runs statements of the hot path, each of which is its own transaction. */
export interface WriteRunner {
  /** @throws SagaStorageError */
  write(statement: Statement, values: readonly unknown[]): Promise<WriteAnswer>;
}

/**
 * Runs a statement of the hot path on a client: only the first column of its rows is read, as text.
 *
 * @throws DeadlineError, and errors of the driver.
 */
export function writeClient(
  client: PostgresClient,
  { text }: Statement,
  values: readonly unknown[],
  { preparedName, deadlineMs }: QueryOptions,
): Promise<WriteAnswer> {
  if (!isWire(client)) return writeThrough(client, text, values, { preparedName, deadlineMs });
  const answer = new Promise<WriteAnswer>((resolve, reject) => {
    client.query(new WriteQuery(preparedName, text, values.map(toWire), resolve, reject));
  });
  return withinDeadline(client, deadlineMs, answer);
}

/**
 * Whether the driver has the internals that the query below needs. A driver that the application provides may not have
 * them.
 */
function isWire(client: PostgresClient): boolean {
  const { stream, parsedStatements } = client.connection ?? {};
  return typeof stream?.cork === 'function' && typeof parsedStatements === 'object';
}

/** The same with the driver's own query. */
async function writeThrough(
  client: PostgresClient,
  text: string,
  values: readonly unknown[],
  { preparedName: name, deadlineMs }: QueryOptions,
): Promise<WriteAnswer> {
  const query = client.query({ name, text, values: values.map(toWire), types: asText });
  const { rows, rowCount } = await withinDeadline(client, deadlineMs, query);
  const last = rows.at(-1) as Readonly<Record<string, string | null>> | undefined;
  return { rowCount: rowCount ?? 0, text: last === undefined ? undefined : Object.values(last)[0] };
}

/**
 * hot path, see ADR 0023: replaces the driver's query, which requests a description of the rows each time, copies its
 * configuration and makes an object for each row: a sixth of the time of a small write. The driver runs any object with
 * a `submit` method and these handlers; `pg-cursor` and `pg-query-stream` work in this way.
 */
export class WriteQuery {
  /** Set by the driver if the application gave its pool a timeout for queries. */
  callback: (() => void) | undefined = undefined;
  private rowCount = 0;
  private firstColumn: string | null | undefined = undefined;

  constructor(
    readonly name: string | undefined,
    readonly text: string,
    private readonly values: readonly WireValue[],
    private readonly resolve: (answer: WriteAnswer) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  submit(connection: WireConnection): void {
    const { name: statement, text, values } = this;
    // All of it in one packet.
    connection.stream.cork();
    try {
      if (statement === undefined || connection.parsedStatements[statement] === undefined)
        connection.parse({ name: statement, text });
      connection.bind({ statement, values });
      connection.execute({ rows: 0 });
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
  }

  handleDataRow({ fields: [first] }: { readonly fields: readonly (string | null)[] }): void {
    this.firstColumn = first;
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.rowCount = Number(text.slice(text.lastIndexOf(' ') + 1));
  }

  handleReadyForQuery(): void {
    this.callback?.();
    this.resolve({ rowCount: this.rowCount, text: this.firstColumn });
  }

  handleError(error: Error): void {
    this.callback?.();
    this.reject(error);
  }
}

function toWire(value: unknown): WireValue {
  if (typeof value === 'string' || value === null || Buffer.isBuffer(value)) return value;
  if (value === undefined) return null;
  if (typeof value === 'number') return String(value);
  throw new TypeError(`A ${typeof value} cannot travel as a parameter.`);
}
