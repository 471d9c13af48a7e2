import type { PostgresClient } from './postgres-client.js';
import type { Row, Statement } from './statement.js';
import { withinDeadline } from './within-deadline.js';

/**
 * The text as it came: contexts must come back byte for byte, and the application may have set parsers of its own.
 */
export const asText = { getTypeParser: () => (text: string) => text };

/** How a statement is sent. */
export interface QueryOptions {
  /** Under which it is prepared once for each connection; undefined parses it anew each time. */
  readonly preparedName: string | undefined;
  /** How long its answer may take, in milliseconds; then the connection is broken off. */
  readonly deadlineMs: number;
}

/**
 * Runs a statement on a client.
 *
 * @throws DeadlineError, and what the driver throws.
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
