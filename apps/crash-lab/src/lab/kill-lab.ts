import { checkRun } from '@nest-saga/testing';
import { compareWithModel } from '../model/judge.js';
import type { KillPlan } from './kill-switch.js';
import { runWithKill } from './kill-run.js';
import type { KillRun } from './kill-run.js';
import { Laboratory } from './laboratory.js';
import type { Scenario } from './scenarios.js';
import { scenarios } from './scenarios.js';

/** What came of a whole session of kills. */
export interface KillReport {
  readonly runs: number;
  readonly kills: number;
  /** Places at which a process died. */
  readonly places: number;
  /** Places that exist, in all scenarios together. */
  readonly knownPlaces: number;
  readonly problems: readonly string[];
}

/** Runs of scenarios that are under way at the same time. */
const parallelRuns = 6;

interface Target {
  readonly scenario: Scenario;
  readonly kill: KillPlan | undefined;
}

/**
 * Runs every scenario once to learn its places, then again and again with a process that dies at one of them, until
 * so many have died. Fewer kills than places are spread evenly over them, more go round again.
 */
export async function runKillLab(serverUrl: string, kills: number): Promise<KillReport> {
  const laboratory = await Laboratory.open(serverUrl, serverUrl);
  try {
    const rescuers = [
      laboratory.start({ name: 'rescuer 1' }),
      laboratory.start({ name: 'rescuer 2' }),
    ] as const;
    await Promise.all(rescuers.map(({ ready }) => ready));
    const runAll = async (targets: readonly Target[]): Promise<readonly KillRun[]> =>
      inParallel(targets, ({ scenario, kill }) => runWithKill(laboratory, rescuers, scenario, kill));

    const rehearsals = await runAll(scenarios.map((scenario) => ({ scenario, kill: undefined })));
    const targets = rehearsals.flatMap(({ scenario, places }) =>
      Object.entries(places).flatMap(([place, count]) =>
        Array.from({ length: mostOf(place, count) }, (_, index): Target => {
          return { scenario, kill: { place, occurrence: index + 1 } };
        }),
      ),
    );
    const runs: KillRun[] = [...rehearsals];
    let killed = 0;
    // A place may be missed, where time decides whether a process comes by: then others make up for it.
    for (let round = 0; killed < kills && round < 4; round++) {
      const more = await runAll(spread(targets, kills - killed));
      killed += more.filter(({ isKilled }) => isKilled).length;
      runs.push(...more);
    }
    const diedAt = new Set(
      runs
        .filter(({ isKilled }) => isKilled)
        .map(({ scenario, kill }) => `${scenario.name} ${kill?.place} ${kill?.occurrence}`),
    );
    const missing = killed < kills ? [`${killed} processes died, and ${kills} were to`] : [];
    const problems = [...missing, ...laboratory.unplannedEnds, ...(await judge(laboratory, runs))];
    return { runs: runs.length, kills: killed, places: diedAt.size, knownPlaces: targets.length, problems };
  } finally {
    await laboratory.close();
  }
}

/** How often a process comes by a place that time decides about says nothing: the first two times have to do. */
function mostOf(place: string, count: number): number {
  const isOfTheSaga = / (append|start|claim)$/.test(place) || place.includes(' of ');
  return isOfTheSaga ? count : Math.min(count, 2);
}

function spread(targets: readonly Target[], count: number): readonly Target[] {
  return Array.from({ length: count }, (_, index) => {
    const at =
      count <= targets.length ? Math.floor((index * targets.length) / count) : index % targets.length;
    const target = targets[at];
    if (target === undefined) throw new Error('there is no place to die at');
    return target;
  });
}

async function inParallel<Item, Result>(
  items: readonly Item[],
  run: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const rest = [...items];
  const work = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) results.push(await run(item));
  };
  await Promise.all(Array.from({ length: parallelRuns }, work));
  return results;
}

async function judge(laboratory: Laboratory, runs: readonly KillRun[]): Promise<readonly string[]> {
  const sagas = await laboratory.readSagas();
  const evidence = {
    acknowledgements: runs.flatMap(({ acknowledgements }) => acknowledgements),
    watchers: runs.flatMap(({ watchers }) => watchers),
    ledger: await laboratory.world.readLedger(),
    leases: await laboratory.world.readLeases(),
    sagas,
  };
  const byId = new Map(runs.map((run) => [run.sagaId, run]));
  const nameOf = (sagaId: string): string => {
    const run = byId.get(sagaId);
    return `${run?.scenario.name}, killed ${run?.kill?.place ?? 'nowhere'} #${run?.kill?.occurrence ?? 0}`;
  };
  const violations = checkRun(evidence).map(
    ({ rule, sagaId, detail }) => `${nameOf(sagaId)}: ${rule}: ${detail}`,
  );
  const differences = sagas.flatMap((saga) => {
    const { sagaId } = saga.header;
    const plan = byId.get(sagaId)?.scenario.plan;
    return plan === undefined
      ? []
      : compareWithModel(plan, saga).map((problem) => `${nameOf(sagaId)}: ${problem}`);
  });
  return [...violations, ...differences];
}
