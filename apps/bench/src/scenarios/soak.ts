import { runInChild } from '../child/child-process.js';
import type { SoakMark } from '../child/task.js';
import { ContestantName } from '../contestants/contestant.js';
import type { SagaShape } from '../sample/saga-shape.js';
import { queryOnce } from '../server/bench-server.js';
import type { BenchServer } from '../server/bench-server.js';

/** A number of sagas in one process. */
export interface SoakPlan {
  readonly contestant: ContestantName;
  readonly shape: SagaShape;
  readonly atOnce: number;
  readonly marks: readonly number[];
}

/** The result of a soak. */
export interface SoakResult extends Omit<SoakPlan, 'marks' | 'shape'> {
  /** Absent in results from before there was a choice: the usual shape. */
  readonly shape?: SagaShape;
  readonly marks: readonly SoakMark[];
  /** The size of a finished saga on disk, with its indexes; null if nothing is on disk. */
  readonly storedBytesPerSaga: number | null;
}

/** Runs many sagas in one process, to check whether rate and memory stay constant. */
export async function runSoak(plan: SoakPlan, server: BenchServer): Promise<SoakResult> {
  const { contestant, shape, atOnce, marks } = plan;
  return await server.onNewDatabase(async (databaseUrl) => {
    const seen = await runInChild({
      kind: 'soak',
      contestant,
      atOnce,
      marks,
      databaseUrl,
      shape,
    });
    const isStored = contestant === ContestantName.NestSaga;
    const sagas = seen.at(-1)?.sagas ?? 0;
    const storedBytesPerSaga = isStored ? (await readStoredBytes(databaseUrl)) / sagas : null;
    return { contestant, shape, atOnce, marks: seen, storedBytesPerSaga };
  });
}

async function readStoredBytes(databaseUrl: string): Promise<number> {
  const [stored] = await queryOnce<{ readonly bytes: string }>(
    databaseUrl,
    `SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class
    WHERE relnamespace = 'saga'::regnamespace AND relkind = 'r'`,
  );
  return Number(stored?.bytes);
}
