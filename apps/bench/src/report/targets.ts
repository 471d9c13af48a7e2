import type { BenchResults } from '../command/bench-results.js';
import { scenarioNames } from '../command/plan.js';
import { ContestantName } from '../contestants/contestant.js';
import { median } from '../measure/percentiles.js';
import { finishedRowsScenario } from '../scenarios/finished-rows.js';
import type { WakeUpPlace } from '../scenarios/wake-up.js';
import { findSummary, ratioOf } from './load-summary.js';

/** A target of the project, with its measured value. */
export interface Target {
  readonly what: string;
  readonly bound: { readonly atLeast: number } | { readonly atMost: number };
  /** Undefined if this run did not measure it. */
  readonly measured: number | undefined;
  readonly unit: string;
}

/** Whether the target is reached; undefined if it was not measured. */
export function isReached({ bound, measured }: Target): boolean | undefined {
  if (measured === undefined) return undefined;
  return 'atLeast' in bound ? measured >= bound.atLeast : measured <= bound.atMost;
}

/** All targets, with the values of a run. */
export function targetsOf(results: BenchResults): readonly Target[] {
  return [
    ...comparisonTargets(results),
    ...costTargets(results),
    ...otherTargets(results),
    ...wakeUpTargets(results),
    ...branchesTargets(results),
  ];
}

const { NestSaga, Dbos, BareInserts, GroupedInserts, Memory } = ContestantName;

function comparisonTargets({ load }: BenchResults): readonly Target[] {
  const at = (contestant: ContestantName, atOnce: number) => ({
    scenario: scenarioNames.comparison,
    contestant,
    atOnce,
  });
  const rate = (other: ContestantName, atOnce: number) =>
    ratioOf(load, at(NestSaga, atOnce), at(other, atOnce), 'sagasPerSecond');
  const latency = (other: ContestantName) => ratioOf(load, at(NestSaga, 1), at(other, 1), 'p50Ms');
  return [
    { what: 'rate to DBOS, 50 at once', bound: { atLeast: 15 }, measured: rate(Dbos, 50), unit: 'times' },
    { what: 'rate to DBOS, 200 at once', bound: { atLeast: 15 }, measured: rate(Dbos, 200), unit: 'times' },
    { what: 'median to DBOS, 1 at once', bound: { atMost: 0.2 }, measured: latency(Dbos), unit: 'times' },
    {
      what: 'rate to the grouped floor, 200 at once',
      bound: { atLeast: 0.6 },
      measured: rate(GroupedInserts, 200),
      unit: 'times',
    },
    {
      what: 'median to bare inserts, 1 at once',
      bound: { atMost: 1.3 },
      measured: latency(BareInserts),
      unit: 'times',
    },
  ];
}

function costTargets({ load, inFlight }: BenchResults): readonly Target[] {
  const alone = { scenario: scenarioNames.comparison, contestant: NestSaga, atOnce: 1 };
  const full = { scenario: finishedRowsScenario.full, contestant: NestSaga, atOnce: 200 };
  const empty = { ...full, scenario: finishedRowsScenario.empty };
  return [
    {
      what: 'commits a saga of three steps, 1 at once',
      bound: { atMost: 4.05 },
      measured: findSummary(load, alone)?.commitsPerSaga ?? undefined,
      unit: 'commits',
    },
    {
      what: 'rate with finished sagas to without, 200 at once',
      bound: { atLeast: 0.8 },
      measured: ratioOf(load, full, empty, 'sagasPerSecond'),
      unit: 'times',
    },
    {
      what: 'heap a saga in flight, over its context',
      bound: { atMost: 3_072 },
      measured:
        inFlight === null
          ? undefined
          : inFlight.memory.heapBytesPerSaga - inFlight.memory.contextBytesPerSaga,
      unit: 'bytes',
    },
    {
      what: 'rows that a second of heartbeat writes',
      bound: { atMost: 1.2 },
      measured: inFlight === null ? undefined : inFlight.heartbeat.commits / inFlight.heartbeat.seconds,
      unit: 'rows',
    },
  ];
}

function otherTargets({ load, soaks, moduleStart, inFlight }: BenchResults): readonly Target[] {
  const memory = { scenario: scenarioNames.memory, contestant: Memory, atOnce: 1_000 };
  const inMemory = findSummary(load, memory)?.sagasPerSecond;
  const rss = (contestant: ContestantName) => {
    const marks = soaks.find((soak) => soak.contestant === contestant)?.marks ?? [];
    const [, second] = marks;
    const last = marks.at(-1);
    return second === undefined || last === undefined ? undefined : last.rssBytes / second.rssBytes;
  };
  const stored = (keepsContext: boolean) =>
    soaks.find(
      (soak) => soak.storedBytesPerSaga !== null && (soak.shape?.keepsContext ?? false) === keepsContext,
    )?.storedBytesPerSaga ?? undefined;
  return [
    {
      what: 'in memory, 1,000 at once',
      bound: { atLeast: 60_000 },
      measured: inMemory,
      unit: 'sagas/s',
    },
    {
      what: 'bytes of a finished saga on disk',
      bound: { atMost: 1_963 },
      measured: stored(false),
      unit: 'bytes',
    },
    {
      what: 'the same, if its steps leave the context as it is',
      bound: { atMost: 1_600 },
      measured: stored(true),
      unit: 'bytes',
    },
    {
      what: 'memory growth over a soak on PostgreSQL',
      bound: { atMost: 1.2 },
      measured: rss(NestSaga),
      unit: 'times',
    },
    {
      what: 'memory growth over a soak in memory',
      bound: { atMost: 1.2 },
      measured: rss(Memory),
      unit: 'times',
    },
    {
      what: 'start of the Nest module, tables there',
      bound: { atMost: 60 },
      measured: moduleStart === null ? undefined : median(moduleStart.withMs) - median(moduleStart.withoutMs),
      unit: 'ms',
    },
    {
      what: 'orphans claimed and ended, after the lease',
      bound: { atMost: 10 },
      measured: inFlight?.rescue.untilAllCompletedSeconds,
      unit: 's',
    },
  ];
}

/** In milliseconds; without hints a saga waits for the next sweep. */
const wakeUpBounds: Readonly<Record<WakeUpPlace, number>> = {
  'same process': 20,
  'another process, with hints': 100,
  'another process, without hints': 5_000,
};

/** None of them in results of earlier runs. */
/** None of them in results of earlier runs. */
function branchesTargets({ branches }: BenchResults): readonly Target[] {
  if (branches === undefined || branches === null) return [];
  const { oneMs, threeMs, itemsMs, stepMs, items, concurrency } = branches;
  return [
    {
      what: 'three branches to one step, 1 at once',
      bound: { atMost: 1.3 },
      measured: median(threeMs) / median(oneMs),
      unit: 'times',
    },
    {
      what: `${items} items, ${concurrency} at a time, to ideal`,
      bound: { atMost: 1.5 },
      measured: median(itemsMs) / ((items / concurrency) * stepMs),
      unit: 'times',
    },
  ];
}

function wakeUpTargets({ wakeUps }: BenchResults): readonly Target[] {
  return (wakeUps ?? []).map(({ place, medianMs }) => ({
    what: `signal to next step, ${place}`,
    bound: { atMost: wakeUpBounds[place] },
    measured: median(medianMs),
    unit: 'ms',
  }));
}
