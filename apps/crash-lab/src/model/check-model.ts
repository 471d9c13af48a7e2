import type { JournalEntry } from '@nest-saga/core';
import fc from 'fast-check';
import type { RunPlan } from '../simulation/run-plan.js';
import { simulate } from '../simulation/simulate.js';
import type { SimulatedRun } from '../simulation/simulate.js';
import { judge } from './judge.js';
import { runPlans } from './run-plans.js';
import { hasFailed } from './expected-mistake.js';
import type { ExpectedMistake } from './expected-mistake.js';

/** The number of runs and their seed. */
export interface ModelSettings {
  readonly runs: number;
  readonly seed: number;
  /** The path of a counterexample that was found before: only this one is run. */
  readonly path?: string;
  /** Whether a failing run is made as small as possible. */
  readonly isShrinking?: boolean;
}

/** A run that failed. */
export interface ModelFailure {
  readonly seed: number;
  readonly path: string;
  readonly plan: RunPlan;
  readonly problems: readonly string[];
  /** The events of the run, one line each. */
  readonly story: readonly string[];
}

type Counts = Readonly<Record<string, number>>;

/** The result of all runs. */
export interface ModelReport {
  readonly runs: number;
  /** The number of storage calls in all runs. */
  readonly calls: number;
  /** The number of sagas by their final status. */
  readonly statuses: Counts;
  /** The number of waits by their outcome, of deadlines that passed, and of sagas past their pivot or stuck after it. */
  readonly waits: Counts;
  /** The number of times that each fault struck. */
  readonly faults: Counts;
  readonly failure: ModelFailure | undefined;
}

/** Runs random plans against the checker and the reference model until one fails or all have been run. */
export async function checkModel(settings: ModelSettings, expected?: ExpectedMistake): Promise<ModelReport> {
  const { runs, seed, path, isShrinking = true } = settings;
  const tally = new Tally();
  const holds = async (plan: RunPlan): Promise<boolean> => {
    const run = await simulate(plan, expected?.sabotage);
    tally.add(run);
    return !hasFailed(judge(plan, run), expected);
  };
  if (path !== undefined) {
    const plan = planAt(seed, path);
    const failure = (await holds(plan)) ? undefined : await retell(seed, path, plan, expected);
    return { runs: 1, ...tally.counts(), failure };
  }
  const property = fc.asyncProperty(runPlans, holds);
  const result = await fc.check(property, { numRuns: runs, seed, endOnFailure: !isShrinking });
  const [plan] = result.counterexample ?? [];
  const failure =
    plan === undefined
      ? undefined
      : await retell(result.seed, result.counterexamplePath ?? '', plan, expected);
  return { runs: result.numRuns, ...tally.counts(), failure };
}

/** The plan of a counterexample: a check with a path would continue with its neighbours. */
function planAt(seed: number, path: string): RunPlan {
  const [plan] = fc.sample(runPlans, { seed, path, numRuns: 1 });
  if (plan === undefined) throw new Error(`no plan is at ${path} of seed ${seed}`);
  return plan;
}

class Tally {
  private calls = 0;
  private readonly statuses: Record<string, number> = {};
  private readonly waits: Record<string, number> = {};
  private readonly faults: Record<string, number> = {};

  add({ calls, faults, evidence }: SimulatedRun): void {
    this.calls += calls;
    for (const { header, entries } of evidence.sagas) {
      count(this.statuses, header.status);
      for (const entry of entries) this.addWait(entry);
    }
    for (const fault of faults) count(this.faults, fault);
  }

  counts(): Pick<ModelReport, 'calls' | 'statuses' | 'waits' | 'faults'> {
    const { calls, statuses, waits, faults } = this;
    return { calls, statuses, waits, faults };
  }

  private addWait(entry: JournalEntry): void {
    if (entry.kind === 'wait-ended') count(this.waits, `wait ${entry.outcome}`);
    if (entry.kind === 'deadline-passed') count(this.waits, entry.kind);
    if (entry.kind === 'act-completed' && entry.pivot === true) count(this.waits, 'past the pivot');
    if (entry.kind === 'act-failed' && entry.next === 'halt') count(this.waits, 'stuck forward');
  }
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

async function retell(
  seed: number,
  path: string,
  plan: RunPlan,
  expected: ExpectedMistake | undefined,
): Promise<ModelFailure> {
  const run = await simulate(plan, expected?.sabotage, true);
  return { seed, path, plan, problems: judge(plan, run), story: run.story };
}

/** A failure in words, with the command that runs it again. */
export function describeFailure({ seed, path, plan, problems, story }: ModelFailure): string {
  return [
    ...problems,
    '',
    `plan: ${JSON.stringify(plan)}`,
    '',
    ...story,
    '',
    `again: MODEL_SEED=${seed} MODEL_PATH=${path} npm test -- apps/crash-lab/test/model.spec.ts`,
  ].join('\n');
}
