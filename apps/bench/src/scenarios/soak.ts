import { runInChild } from '../child/child-process.js';
import type { SoakMark } from '../child/task.js';
import type { ContestantName } from '../contestants/contestant.js';
import { usualShape } from '../sample/saga-shape.js';
import type { BenchServer } from '../server/bench-server.js';

/** So many sagas in one process. */
export interface SoakPlan {
  readonly contestant: ContestantName;
  readonly atOnce: number;
  readonly marks: readonly number[];
}

/** A soak as it went. */
export interface SoakResult extends Omit<SoakPlan, 'marks'> {
  readonly marks: readonly SoakMark[];
}

/** Runs many sagas in one process, to see whether rate and memory stay as they are. */
export async function runSoak(plan: SoakPlan, server: BenchServer): Promise<SoakResult> {
  const { contestant, atOnce, marks } = plan;
  const result = await server.onNewDatabase((databaseUrl) =>
    runInChild({ kind: 'soak', contestant, atOnce, marks, databaseUrl, shape: usualShape }),
  );
  return { contestant, atOnce, marks: result };
}
