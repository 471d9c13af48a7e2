import { ContestantName } from '../contestants/contestant.js';
import { usualShape } from '../sample/saga-shape.js';
import type { SagaShape } from '../sample/saga-shape.js';
import type { LoadScenario, QuietWindow } from '../scenarios/load-scenario.js';
import type { SoakPlan } from '../scenarios/soak.js';
import { benchParts } from './options.js';
import type { BenchOptions, BenchPart } from './options.js';

/** The size of all parts of a run. */
export interface BenchPlan {
  readonly window: QuietWindow;
  readonly comparison: LoadScenario;
  readonly shapes: readonly LoadScenario[];
  readonly memory: { readonly load: LoadScenario; readonly soak: SoakPlan };
  readonly moduleStarts: number;
  readonly inFlight: { readonly sagas: number; readonly watchMs: number };
  readonly queue: { readonly sagas: number; readonly workers: number; readonly atOnce: number };
  readonly wakeUps: { readonly sagas: number; readonly rounds: number };
  readonly branches: { readonly sagas: number };
  readonly soak: SoakPlan;
  /** Sagas whose steps leave the context as it is, for their size on disk. */
  readonly keptContexts: SoakPlan;
  readonly finished: { readonly sagas: number; readonly atOnce: readonly number[]; readonly rounds: number };
}

const { NestSaga, Engine, Memory, Dbos, BareInserts, GroupedInserts } = ContestantName;

const keptShape: SagaShape = { ...usualShape, keepsContext: true };

/** The names of the scenarios in results and tables. */
export const scenarioNames = {
  comparison: 'three steps',
  failure: 'failure, two undos',
  tenSteps: 'ten steps',
  largeContext: 'context of 10 kB',
  memory: 'in memory',
} as const;

/** The parts of a run with these options. */
export function partsOf({ isGuard, only }: BenchOptions): readonly BenchPart[] {
  return isGuard ? ['comparison'] : (only ?? benchParts);
}

/** The plan of a run: all parts in several rounds, or in the short form a small version of them once. */
export function planOf(options: BenchOptions): BenchPlan {
  const plan = chosenPlan(options);
  return { ...plan, window: { ...plan.window, quietTimeoutMs: (options.quietTimeout ?? 0) * 1_000 } };
}

function chosenPlan({ isShort, isGuard, rounds, finished }: BenchOptions): BenchPlan {
  if (isGuard) return guardPlan(rounds ?? 3);
  return isShort ? shortPlan(rounds ?? 1, finished ?? 20_000) : fullPlan(rounds ?? 5, finished ?? 1_000_000);
}

/** The short form without the peer, whose packages no other command needs. */
function guardPlan(rounds: number): BenchPlan {
  const plan = shortPlan(rounds, 0);
  return {
    ...plan,
    // A process that has run a few hundred sagas still interprets much of its code: ratios say nothing before.
    window: { ...plan.window, warmUpMs: 2_000 },
    comparison: { ...plan.comparison, contestants: [NestSaga, BareInserts, GroupedInserts] },
  };
}

function fullPlan(rounds: number, finished: number): BenchPlan {
  const shapeRounds = Math.ceil(rounds / 2);
  return {
    window: { warmUpMs: 2_000, warmUpCalls: 5_000, measureMs: 4_000, quietTimeoutMs: 0 },
    comparison: comparison([1, 50, 200, 1_000], rounds),
    shapes: shapes(shapeRounds),
    memory: {
      load: memoryLoad([1, 1_000], rounds),
      soak: {
        contestant: Memory,
        shape: usualShape,
        atOnce: 1_000,
        marks: [10_000, 100_000, 250_000, 500_000, 1_000_000],
      },
    },
    moduleStarts: 15,
    inFlight: { sagas: 10_000, watchMs: 10_000 },
    queue: { sagas: 20_000, workers: 2, atOnce: 200 },
    wakeUps: { sagas: 100, rounds: shapeRounds },
    branches: { sagas: 50 },
    soak: {
      contestant: NestSaga,
      shape: usualShape,
      atOnce: 200,
      marks: [50_000, 100_000, 250_000, 500_000, 750_000, 1_000_000],
    },
    keptContexts: { contestant: NestSaga, shape: keptShape, atOnce: 200, marks: [100_000] },
    finished: { sagas: finished, atOnce: [1, 200], rounds: shapeRounds },
  };
}

function shortPlan(rounds: number, finished: number): BenchPlan {
  return {
    window: { warmUpMs: 600, warmUpCalls: 0, measureMs: 1_000, quietTimeoutMs: 0 },
    comparison: comparison([1, 200], rounds),
    shapes: shapes(rounds).slice(0, 1),
    memory: {
      load: memoryLoad([1_000], rounds),
      soak: { contestant: Memory, shape: usualShape, atOnce: 1_000, marks: [10_000, 50_000] },
    },
    moduleStarts: 2,
    inFlight: { sagas: 1_000, watchMs: 3_000 },
    queue: { sagas: 1_000, workers: 2, atOnce: 50 },
    wakeUps: { sagas: 20, rounds },
    branches: { sagas: 10 },
    soak: { contestant: NestSaga, shape: usualShape, atOnce: 200, marks: [2_000, 6_000] },
    keptContexts: { contestant: NestSaga, shape: keptShape, atOnce: 200, marks: [6_000] },
    finished: { sagas: finished, atOnce: [200], rounds },
  };
}

function comparison(atOnce: readonly number[], rounds: number): LoadScenario {
  return {
    name: scenarioNames.comparison,
    contestants: [NestSaga, Engine, Dbos, BareInserts, GroupedInserts],
    shape: usualShape,
    atOnce,
    rounds,
  };
}

function shapes(rounds: number): readonly LoadScenario[] {
  const contestants = [NestSaga, Dbos, GroupedInserts];
  const atOnce = [200];
  return [
    {
      name: scenarioNames.failure,
      shape: { ...usualShape, fails: true },
      contestants,
      atOnce,
      rounds,
    },
    {
      name: scenarioNames.tenSteps,
      shape: { ...usualShape, steps: 10 },
      contestants,
      atOnce,
      rounds,
    },
    {
      name: scenarioNames.largeContext,
      shape: { ...usualShape, contextBytes: 10_000 },
      contestants,
      atOnce,
      rounds,
    },
  ];
}

function memoryLoad(atOnce: readonly number[], rounds: number): LoadScenario {
  return { name: scenarioNames.memory, contestants: [Memory], shape: usualShape, atOnce, rounds };
}
