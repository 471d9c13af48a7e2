import { runInChild, startChild } from '../child/child-process.js';
import { queryOnce } from '../server/bench-server.js';
import type { BenchServer } from '../server/bench-server.js';
import { untilAllCompleted } from './until-all-completed.js';

/** The figures of queued sagas and their worker processes. */
export interface QueueResult {
  readonly sagas: number;
  readonly workers: number;
  readonly enqueuedPerSecond: number;
  /** From the first saga queued to the last one completed, by the clock of the database. */
  readonly completedPerSecond: number;
  /** The number of sagas that each worker claimed. */
  readonly claimed: readonly number[];
}

const deadlineMs = 180_000;

/** Queues sagas from one process while worker processes with the module's defaults run them. */
export async function runQueue(
  plan: { readonly sagas: number; readonly workers: number; readonly atOnce: number },
  server: BenchServer,
): Promise<QueueResult> {
  return await server.onNewDatabase(async (databaseUrl) => {
    const { sagas, atOnce } = plan;
    const workers = Array.from({ length: plan.workers }, () => startChild({ kind: 'work', databaseUrl }));
    try {
      await Promise.all(workers.map(({ answer }) => answer));
      const { seconds } = await runInChild({ kind: 'enqueue', databaseUrl, sagas, atOnce });
      await untilAllCompleted(databaseUrl, deadlineMs, sagas);
      const [whole] = await queryOnce<{ readonly seconds: number }>(
        databaseUrl,
        'SELECT extract(epoch FROM max(updated_at) - min(created_at))::float AS seconds FROM saga.saga_execution',
      );
      const claimed = await queryOnce<{ readonly count: number }>(
        databaseUrl,
        `SELECT count(*)::integer AS count FROM saga.saga_log WHERE kind = 'claimed' GROUP BY worker ORDER BY worker`,
      );
      return {
        sagas,
        workers: plan.workers,
        enqueuedPerSecond: sagas / seconds,
        completedPerSecond: sagas / (whole?.seconds ?? 0),
        claimed: claimed.map(({ count }) => count),
      };
    } finally {
      await Promise.all(workers.map((worker) => worker.end()));
    }
  });
}
