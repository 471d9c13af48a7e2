import { judge } from '../model/judge.js';
import type { CallFault, PlannedFault, RunPlan, SagaPlan } from '../simulation/run-plan.js';
import { simulate } from '../simulation/simulate.js';
import type { Sabotage, SimulatedRun } from '../simulation/simulate.js';
import { smallSagas } from './small-sagas.js';

/**
 * What is tried with every small saga, beside a crash at every place. `short` is for every change: a second crash at
 * every place behind the first for sagas of one and two steps, and for those of three with one fallback at most, and
 * a lost request and answer at every call for those of one and two. `full` is all of it for all of them. `tiny` is
 * one crash or lost answer in sagas of one and two steps, and sagas of three without a fault.
 */
export type ExhaustiveScope = 'tiny' | 'short' | 'full';

/** What was tried, and the first run that went wrong. */
export interface ExhaustiveReport {
  readonly sagas: number;
  /** Runs without a fault, with one crash, with two, and with one lost request or answer. */
  readonly runs: {
    readonly calm: number;
    readonly oneCrash: number;
    readonly twoCrashes: number;
    readonly lost: number;
  };
  readonly failure: ExhaustiveFailure | undefined;
}

/** A run that went wrong. */
export interface ExhaustiveFailure {
  readonly plan: RunPlan;
  readonly problems: readonly string[];
  readonly story: readonly string[];
}

type Faults = readonly PlannedFault<CallFault>[];

/** Runs every small saga with a crash at every place, and stops at the first run that goes wrong. */
export async function checkExhaustively(
  scope: ExhaustiveScope,
  sabotage?: Sabotage,
): Promise<ExhaustiveReport> {
  const runs = { calm: 0, oneCrash: 0, twoCrashes: 0, lost: 0 };
  let sagas = 0;
  for (const saga of smallSagas()) {
    sagas++;
    const failure = await checkSaga(saga, scope, runs, sabotage);
    if (failure !== undefined) return { sagas, runs, failure };
  }
  return { sagas, runs, failure: undefined };
}

async function checkSaga(
  saga: SagaPlan,
  scope: ExhaustiveScope,
  runs: { -readonly [Kind in keyof ExhaustiveReport['runs']]: number },
  sabotage: Sabotage | undefined,
): Promise<ExhaustiveFailure | undefined> {
  const attempt = async (
    kind: keyof typeof runs,
    callFaults: Faults,
  ): Promise<SimulatedRun | ExhaustiveFailure> => {
    runs[kind]++;
    const plan = planFor(saga, callFaults);
    const run = await simulate(plan, sabotage);
    const problems = judge(plan, run);
    if (problems.length === 0) return run;
    return { plan, problems, story: (await simulate(plan, sabotage, true)).story };
  };
  const calm = await attempt('calm', []);
  if ('problems' in calm) return calm;
  if (scope === 'tiny' && saga.stages.length > 2) return undefined;
  const isTriedFully = scope === 'full' || saga.stages.length <= 2;
  for (const lost of isTriedFully ? losses(calm.calls, scope) : []) {
    const run = await attempt('lost', [lost]);
    if ('problems' in run) return run;
  }
  const isCrashingTwice = scope !== 'tiny' && (isTriedFully || countFallbacks(saga) <= 1);
  for (const first of calm.places) {
    const once = await attempt('oneCrash', [first]);
    if ('problems' in once) return once;
    for (const second of isCrashingTwice ? once.places : []) {
      if (second.call <= first.call) continue;
      const twice = await attempt('twoCrashes', [first, second]);
      if ('problems' in twice) return twice;
    }
  }
  return undefined;
}

function losses(calls: number, scope: ExhaustiveScope): Faults {
  const kinds: readonly CallFault[] =
    scope === 'tiny' ? ['answer-lost'] : ['answer-lost', 'request-lost', 'not-written'];
  return Array.from({ length: calls }, (_, call) => kinds.map((kind) => ({ call, kind }))).flat();
}

function countFallbacks(saga: SagaPlan): number {
  return saga.stages.filter(({ alternative }) => alternative !== undefined).length;
}

function planFor(saga: SagaPlan, callFaults: Faults): RunPlan {
  return {
    saga,
    seed: 0,
    processes: 1,
    clockSkewsMs: [],
    start: 'start',
    callers: 1,
    identifiedBy: 'id',
    cancelAtMs: undefined,
    operatorRetries: 0,
    isCalm: true,
    callFaults,
    handlerFaults: [],
    processFaults: [],
    outages: [],
  };
}
