import { DeadlineError } from './deadline-error.js';
import type { PostgresClient } from './postgres-client.js';
import type { Answer, Statement } from './statement.js';

// The text as it came: contexts must come back byte for byte, and the application may have set parsers of its own.
const types = { getTypeParser: () => (text: string) => text };

/**
 * Runs a statement on a client and never waits longer than the deadline: then it breaks the connection off, because a
 * connection whose answer is still to come cannot be used for anything else.
 */
export async function queryClient(
  client: PostgresClient,
  statement: Statement,
  values: readonly unknown[],
  options: { readonly preparedName: string | undefined; readonly deadlineMs: number },
): Promise<Answer> {
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    // Destroys the socket, as a query is active; the query rejects then.
    void client.end();
  }, options.deadlineMs);
  try {
    return await client.query({ name: options.preparedName, text: statement.text, values, types });
  } catch (error) {
    if (!isOver) throw error;
    throw new DeadlineError(`No answer within ${options.deadlineMs} ms; the connection was broken off.`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
