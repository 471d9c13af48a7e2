import type { LoadedSaga } from '@nest-saga/core';
import type { Acknowledgement, WatcherRecord } from '@nest-saga/testing';
import type { SagaPlan } from '../simulation/run-plan.js';
import { runWithFreeze } from './freeze-run.js';
import { judgeLab } from './judge-lab.js';
import type { LabProblem } from './judge-lab.js';
import { runWithKill } from './kill-run.js';
import type { KillPlan } from './kill-switch.js';
import { Laboratory } from './laboratory.js';
import type { Rescuers } from './laboratory.js';
import { scenarios, takesItsTime } from './scenarios.js';
import type { Scenario } from './scenarios.js';

/** What befalls processes: SIGKILL, or SIGSTOP until others have their sagas. */
export type Ordeal = 'kills' | 'freezes';

/** How it went. */
export interface OrdealReport {
  readonly ordeal: Ordeal;
  /** Whether each process was struck where it was to be. */
  readonly isComplete: boolean;
  readonly problems: readonly string[];
}

interface OrdealRun {
  readonly ordeal: Ordeal;
  readonly sagaId: string;
  readonly plan: SagaPlan;
  readonly isStruck: boolean;
  readonly acknowledgements: readonly Acknowledgement[];
  readonly watchers: readonly WatcherRecord[];
  readonly snapshots: readonly LoadedSaga[];
}

/** In an act, which is repeated; and in an undo after a cancel, which takes the place of the entry of an act. */
const kills: readonly (readonly [string, KillPlan])[] = [
  ['all good', { place: 'inside act of charge', occurrence: 1 }],
  ['cancel', { place: 'inside compensate of charge', occurrence: 1 }],
];

/** Right before a write: only the fence can refuse it. Right before a step: only the lease can keep it from beginning. */
const freezes: readonly KillPlan[] = [
  { place: 'before append', occurrence: 2 },
  { place: 'after append', occurrence: 1 },
];

/**
 * Runs a few sagas in real processes, each of which is struck at the place where what keeps a saga whole is needed: the
 * least that the laboratories do, for a build that is broken on purpose.
 *
 * @param saboteur The deliberate mistake that every process is built with.
 */
export async function undergo(
  ordeals: readonly Ordeal[],
  serverUrl: string,
  saboteur?: string,
): Promise<readonly OrdealReport[]> {
  const laboratory = await Laboratory.open(serverUrl, serverUrl, saboteur);
  try {
    const rescuers = await laboratory.startRescuers();
    const runs = (await Promise.all(ordeals.map((ordeal) => attempts[ordeal](laboratory, rescuers)))).flat();
    const problems = await judge(laboratory, runs);
    return ordeals.map((ordeal) => {
      const others = new Set(runs.filter((run) => run.ordeal !== ordeal).map(({ sagaId }) => sagaId));
      return {
        ordeal,
        isComplete: runs.every((run) => run.ordeal !== ordeal || run.isStruck),
        problems: [
          ...laboratory.unplannedEnds,
          ...problems.filter(({ sagaId }) => !others.has(sagaId)).map(({ problem }) => problem),
        ],
      };
    });
  } finally {
    await laboratory.close();
  }
}

const attempts = {
  kills: (laboratory: Laboratory, rescuers: Rescuers): Promise<readonly OrdealRun[]> =>
    Promise.all(
      kills.map(async ([name, kill]) => {
        const scenario = scenarioOf(name);
        const run = await runWithKill(laboratory, rescuers, scenario, kill);
        return { ...run, ordeal: 'kills', plan: scenario.plan, isStruck: run.isKilled };
      }),
    ),
  freezes: (laboratory: Laboratory, rescuers: Rescuers): Promise<readonly OrdealRun[]> =>
    Promise.all(
      freezes.map(async (freeze) => {
        // It ends only where the process was struck.
        const run = await runWithFreeze(laboratory, rescuers, takesItsTime, freeze);
        return { ...run, ordeal: 'freezes', plan: takesItsTime, isStruck: true, watchers: [] };
      }),
    ),
};

function scenarioOf(name: string): Scenario {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`no scenario is called "${name}"`);
  return scenario;
}

async function judge(laboratory: Laboratory, runs: readonly OrdealRun[]): Promise<readonly LabProblem[]> {
  const plans = new Map(runs.map(({ sagaId, plan }) => [sagaId, plan]));
  const records = {
    acknowledgements: runs.flatMap(({ acknowledgements }) => acknowledgements),
    watchers: runs.flatMap(({ watchers }) => watchers),
    snapshots: runs.flatMap(({ snapshots }) => snapshots),
  };
  const sagas = await laboratory.readSagas();
  return judgeLab(laboratory.world, sagas, records, ({ header }) => plans.get(header.sagaId));
}
