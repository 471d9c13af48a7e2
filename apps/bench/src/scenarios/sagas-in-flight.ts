import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '../child/child-process.js';
import type { InFlightMemory } from '../child/task.js';
import { ServerCounterReader } from '../measure/server-counters.js';
import { usualShape } from '../sample/saga-shape.js';
import { queryOnce } from '../server/bench-server.js';
import type { BenchServer } from '../server/bench-server.js';
import { rescueOrphans } from './rescue-orphans.js';
import type { RescueResult } from './rescue-orphans.js';

/** Shorter than the default, so that watching it and waiting for its end takes seconds. */
const lease = { leaseDurationMs: 3_000, renewalIntervalMs: 1_000, safetyMarginMs: 500 };

/** The writes of a process with many waiting sagas, and the rescue of these sagas after it was killed. */
export interface InFlightResult {
  readonly memory: InFlightMemory;
  readonly heartbeat: HeartbeatResult;
  readonly rescue: RescueResult;
}

/** The writes while many sagas only waited. */
export interface HeartbeatResult {
  readonly sagas: number;
  readonly seconds: number;
  readonly renewalIntervalMs: number;
  readonly commits: number;
  /** Rows that were written in that time, in each table. */
  readonly workerRows: number;
  readonly headerRows: number;
  readonly journalRows: number;
}

/** Starts sagas that wait in a process, watches its writes, kills it, and lets another process claim its sagas. */
export async function runSagasInFlight(
  plan: { readonly sagas: number; readonly watchMs: number },
  server: BenchServer,
): Promise<InFlightResult> {
  return await server.onNewDatabase(async (databaseUrl) => {
    const { sagas, watchMs } = plan;
    const { contextBytes } = usualShape;
    const inFlight = startChild({ kind: 'hold', databaseUrl, sagas, contextBytes, lease });
    try {
      const memory = await inFlight.answer;
      // The rest of the work for the starts (statistics, vacuum) must not count.
      await sleep(watchMs / 4);
      const heartbeat = await watchHeartbeat(databaseUrl, sagas, watchMs);
      const rescue = await rescueOrphans(databaseUrl, sagas, () => inFlight.kill());
      return { memory, heartbeat, rescue };
    } finally {
      await inFlight.kill();
    }
  });
}

async function watchHeartbeat(databaseUrl: string, sagas: number, watchMs: number): Promise<HeartbeatResult> {
  const counters = await ServerCounterReader.open(databaseUrl);
  const before = await counters.read();
  const startedAt = performance.now();
  await sleep(watchMs);
  const after = await counters.read();
  const seconds = (performance.now() - startedAt) / 1_000;
  await counters.close();
  const [rows] = await queryOnce<Record<'worker' | 'header' | 'journal', string>>(
    databaseUrl,
    `SELECT ${['worker', 'execution', 'log']
      .map((table) => `(SELECT count(*) FROM saga.saga_${table} WHERE xmin::text::bigint >= $1::bigint)`)
      .map((count, index) => `${count} AS ${['worker', 'header', 'journal'][index]}`)
      .join(', ')}`,
    [before.commits],
  );
  return {
    sagas,
    seconds,
    renewalIntervalMs: lease.renewalIntervalMs,
    commits: after.commits - before.commits,
    workerRows: Number(rows?.worker),
    headerRows: Number(rows?.header),
    journalRows: Number(rows?.journal),
  };
}
