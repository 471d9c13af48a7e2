import fc from 'fast-check';
import type { RunPlan } from '../simulation/run-plan.js';
import { simulate } from '../simulation/simulate.js';
import type { Sabotage } from '../simulation/simulate.js';
import { judge } from './judge.js';
import { runPlans } from './run-plans.js';

/** How many runs, and which. */
export interface ModelSettings {
  readonly runs: number;
  readonly seed: number;
  /** Of a counterexample that was found before: runs that one only. */
  readonly path?: string;
  /** Whether a failing run is made as small as it gets. */
  readonly isShrinking?: boolean;
}

/** A run that went wrong. */
export interface ModelFailure {
  readonly seed: number;
  readonly path: string;
  readonly plan: RunPlan;
  readonly problems: readonly string[];
  /** What happened, line by line. */
  readonly story: readonly string[];
}

/** What became of all runs. */
export interface ModelReport {
  readonly runs: number;
  /** Storage calls of all runs together. */
  readonly calls: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly failure: ModelFailure | undefined;
}

/** Runs random plans against the checker and the reference model until one fails or all are done. */
export async function checkModel(settings: ModelSettings, sabotage?: Sabotage): Promise<ModelReport> {
  const { runs, seed, path, isShrinking = true } = settings;
  const statuses: Record<string, number> = {};
  let calls = 0;
  const property = fc.asyncProperty(runPlans, async (plan) => {
    const run = await simulate(plan, sabotage);
    calls += run.calls;
    for (const { header } of run.evidence.sagas) statuses[header.status] = (statuses[header.status] ?? 0) + 1;
    return judge(plan, run).length === 0;
  });
  const result = await fc.check(property, {
    numRuns: runs,
    seed,
    endOnFailure: !isShrinking,
    ...(path === undefined ? {} : { path }),
  });
  const [plan] = result.counterexample ?? [];
  const failure =
    plan === undefined ? undefined : await retell(result.seed, result.counterexamplePath, plan, sabotage);
  return { runs: result.numRuns, calls, statuses, failure };
}

async function retell(
  seed: number,
  path: string | null,
  plan: RunPlan,
  sabotage: Sabotage | undefined,
): Promise<ModelFailure> {
  const run = await simulate(plan, sabotage, true);
  return { seed, path: path ?? '', plan, problems: judge(plan, run), story: run.story };
}

/** A failure in words, with the line that runs it again. */
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
