import { setTimeout as sleep } from 'node:timers/promises';
import { queryOnce } from '../server/bench-server.js';

const lookEveryMs = 100;

/**
 * Resolves when all sagas of a database are completed and there are at least `atLeast` of them.
 *
 * @throws Error if that takes longer than the deadline.
 */
export async function untilAllCompleted(databaseUrl: string, deadlineMs: number, atLeast = 1): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const [left] = await queryOnce<{ readonly open: boolean; readonly all: boolean }>(
      databaseUrl,
      `SELECT EXISTS (SELECT FROM saga.saga_execution WHERE status IN ('pending', 'running', 'compensating')) AS open,
        (SELECT count(*) >= $1 FROM saga.saga_execution) AS all`,
      [atLeast],
    );
    if (left?.open === false && left.all) return;
    if (performance.now() > deadline) throw new Error('Not all sagas ended in time.');
    await sleep(lookEveryMs);
  }
}
