import { DeadlineError } from './deadline-error.js';
import type { PostgresClient } from './postgres-client.js';

/**
 * Waits for the answer to a client's query, but not longer than the deadline: then it closes the connection, which
 * cannot be used for another query while an answer is missing.
 */
export async function withinDeadline<Result>(
  client: PostgresClient,
  deadlineMs: number,
  answer: Promise<Result>,
): Promise<Result> {
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    // Destroys the socket, because a query is active; the query rejects then.
    void client.end();
  }, deadlineMs);
  try {
    return await answer;
  } catch (error) {
    if (!isOver) throw error;
    throw new DeadlineError(`No answer within ${deadlineMs} ms; the connection was broken off.`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
