import type { PostgresClient } from './postgres-client.js';
import type { Row, Statement } from './statement.js';
import { withinDeadline } from './within-deadline.js';

/**
 * The text as the server sent it: contexts must be read byte for byte, and the application may have set its own
 * parsers.
 */
export const asText = { getTypeParser: () => (text: string) => text };

/** How a statement is sent. */
export interface QueryOptions {
  /** The name under which it is prepared once for each connection; if undefined, it is parsed each time. */
  readonly preparedName: string | undefined;
  /** How long its answer may take, in milliseconds; then the connection is closed. */
  readonly deadlineMs: number;
}

/**
 * Runs a statement on a client.
 *
 * @throws DeadlineError, and errors of the driver.
 */
export async function queryClient(
  client: PostgresClient,
  { text }: Statement,
  values: readonly unknown[],
  { preparedName: name, deadlineMs }: QueryOptions,
): Promise<readonly Row[]> {
  const { rows } = await withinDeadline(
    client,
    deadlineMs,
    client.query({ name, text, values, types: asText }),
  );
  return rows as readonly Row[];
}
