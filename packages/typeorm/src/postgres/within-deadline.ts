import { DeadlineError } from './deadline-error.js';
import type { PostgresClient } from './postgres-client.js';

/**
 * Waits for what a client is asked, and never longer than the deadline: then it breaks the connection off, because a
 * connection whose answer is still to come cannot be used for anything else.
 */
export async function withinDeadline<Result>(
  client: PostgresClient,
  deadlineMs: number,
  answer: Promise<Result>,
): Promise<Result> {
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    // Destroys the socket, as a query is active; the query rejects then.
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
