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

/** How processes are struck: by SIGKILL, or by SIGSTOP until other processes have claimed their sagas. */
export type StressRun = 'kills' | 'freezes';

/** The result of the runs of one kind. */
export interface StressReport {
  readonly stressRun: StressRun;
  /** Whether each process was struck at its place. */
  readonly isComplete: boolean;
  readonly problems: readonly string[];
}

interface StruckRun {
  readonly stressRun: StressRun;
  readonly sagaId: string;
  readonly plan: SagaPlan;
  readonly isStruck: boolean;
  readonly acknowledgements: readonly Acknowledgement[];
  readonly watchers: readonly WatcherRecord[];
  readonly snapshots: readonly LoadedSaga[];
}

/**
 * During an act, which is repeated; and during a compensation after a cancel, whose entry has the `seq` for which the
 * act's entry was meant.
 */
const kills: readonly (readonly [string, KillPlan])[] = [
  ['all good', { place: 'inside act of charge', occurrence: 1 }],
  ['cancel', { place: 'inside compensate of charge', occurrence: 1 }],
];

/** Right before a write, which only the fence can refuse. Right before a step, which only the lease can prevent. */
const freezes: readonly KillPlan[] = [
  { place: 'before append', occurrence: 2 },
  { place: 'after append', occurrence: 1 },
];

/**
 * Runs a few sagas in real processes, each of which is struck at a critical place: the minimum of the laboratories'
 * runs, for a build that is broken on purpose.
 *
 * @param saboteur The deliberate mistake in the code of every process.
 */
export async function runUnderStress(
  stressRuns: readonly StressRun[],
  serverUrl: string,
  saboteur?: string,
): Promise<readonly StressReport[]> {
  const laboratory = await Laboratory.open(serverUrl, serverUrl, saboteur);
  try {
    const rescuers = await laboratory.startRescuers();
    const runs = (
      await Promise.all(stressRuns.map((stressRun) => attempts[stressRun](laboratory, rescuers)))
    ).flat();
    const problems = await judge(laboratory, runs);
    return stressRuns.map((stressRun) => {
      const others = new Set(runs.filter((run) => run.stressRun !== stressRun).map(({ sagaId }) => sagaId));
      return {
        stressRun,
        isComplete: runs.every((run) => run.stressRun !== stressRun || run.isStruck),
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
  kills: (laboratory: Laboratory, rescuers: Rescuers): Promise<readonly StruckRun[]> =>
    Promise.all(
      kills.map(async ([name, kill]) => {
        const scenario = scenarioOf(name);
        const run = await runWithKill(laboratory, rescuers, scenario, kill);
        return { ...run, stressRun: 'kills', plan: scenario.plan, isStruck: run.isKilled };
      }),
    ),
  freezes: (laboratory: Laboratory, rescuers: Rescuers): Promise<readonly StruckRun[]> =>
    Promise.all(
      freezes.map(async (freeze) => {
        // It ends only if the process was struck.
        const run = await runWithFreeze(laboratory, rescuers, takesItsTime, freeze);
        return { ...run, stressRun: 'freezes', plan: takesItsTime, isStruck: true, watchers: [] };
      }),
    ),
};

function scenarioOf(name: string): Scenario {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`no scenario is called "${name}"`);
  return scenario;
}

async function judge(laboratory: Laboratory, runs: readonly StruckRun[]): Promise<readonly LabProblem[]> {
  const plans = new Map(runs.map(({ sagaId, plan }) => [sagaId, plan]));
  const records = {
    acknowledgements: runs.flatMap(({ acknowledgements }) => acknowledgements),
    watchers: runs.flatMap(({ watchers }) => watchers),
    snapshots: runs.flatMap(({ snapshots }) => snapshots),
  };
  const sagas = await laboratory.readSagas();
  return judgeLab(laboratory.world, sagas, records, ({ header }) => plans.get(header.sagaId));
}
