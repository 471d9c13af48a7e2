import { ContestantName } from '../contestants/contestant.js';
import { runBranches } from '../scenarios/branches.js';
import { runFinishedRows } from '../scenarios/finished-rows.js';
import { runLoadScenario } from '../scenarios/load-scenario.js';
import type { LoadSample, LoadScenario } from '../scenarios/load-scenario.js';
import { runModuleStart } from '../scenarios/module-start.js';
import { runSagasInFlight } from '../scenarios/sagas-in-flight.js';
import { runQueue } from '../scenarios/queue.js';
import { runWakeUps } from '../scenarios/wake-up.js';
import { runSoak } from '../scenarios/soak.js';
import type { SoakResult } from '../scenarios/soak.js';
import type { BenchServer } from '../server/bench-server.js';
import type { BenchResults } from './bench-results.js';
import type { BenchPart } from './options.js';
import type { BenchPlan } from './plan.js';

/** The measurements of a run, without its environment. */
export type Measured = Pick<
  BenchResults,
  'load' | 'soaks' | 'finishedSagas' | 'moduleStart' | 'inFlight' | 'queue' | 'wakeUps' | 'branches'
>;

/** Runs the selected parts of a plan, one after another: two parts never run at the same time. */
export async function runPlan(
  plan: BenchPlan,
  server: BenchServer,
  {
    isChosen,
    hasPeer,
    log,
  }: {
    readonly isChosen: (part: BenchPart) => boolean;
    readonly hasPeer: boolean;
    readonly log: (line: string) => void;
  },
): Promise<Measured> {
  const load: LoadSample[] = [];
  const soaks: SoakResult[] = [];
  const onSample = (sample: LoadSample) => log(describe(sample));
  const runLoad = async (scenario: LoadScenario) => {
    const contestants = scenario.contestants.filter((name) => hasPeer || name !== ContestantName.Dbos);
    load.push(...(await runLoadScenario({ ...scenario, contestants }, plan.window, server, onSample)));
  };
  const runPart = async <Result>(part: BenchPart, run: () => Promise<Result>): Promise<Result | null> => {
    if (!isChosen(part)) return null;
    log(`-- ${part}`);
    try {
      return await run();
    } catch (error) {
      // The other parts may have taken half an hour, and must not be lost with this one.
      console.error(`The part "${part}" failed, and is missing from the results.`, error);
      process.exitCode = 1;
      return null;
    }
  };

  await runPart('comparison', () => runLoad(plan.comparison));
  await runPart('shapes', async () => {
    for (const scenario of plan.shapes) await runLoad(scenario);
  });
  await runPart('memory', async () => {
    await runLoad(plan.memory.load);
    soaks.push(await runSoak(plan.memory.soak, server));
  });
  const moduleStart = await runPart('module', () => runModuleStart(plan.moduleStarts, server));
  const inFlight = await runPart('in-flight', () => runSagasInFlight(plan.inFlight, server));
  const queue = await runPart('queue', () => runQueue(plan.queue, server));
  const wakeUps = await runPart('wake-up', () => runWakeUps(plan.wakeUps, server));
  const branches = await runPart('branches', () => runBranches(plan.branches, server));
  await runPart('soak', async () => {
    soaks.push(await runSoak(plan.soak, server), await runSoak(plan.keptContexts, server));
  });
  const finished = await runPart('finished', () =>
    runFinishedRows(plan.finished, plan.window, server, onSample),
  );
  load.push(...(finished ?? []));
  return {
    load,
    soaks,
    finishedSagas: finished === null ? null : plan.finished.sagas,
    moduleStart,
    inFlight,
    queue,
    wakeUps,
    branches,
  };
}

function describe({
  scenario,
  contestant,
  atOnce,
  round,
  sagasPerSecond,
  p50Ms,
  foreignCores,
}: LoadSample): string {
  const rate = `${Math.round(sagasPerSecond)} sagas/s, p50 ${p50Ms.toFixed(2)} ms`;
  const others = foreignCores === null ? '' : `, ${foreignCores.toFixed(2)} cores used by other programs`;
  return `${scenario}, ${contestant}, ${atOnce} at once, round ${round}: ${rate}${others}`;
}
