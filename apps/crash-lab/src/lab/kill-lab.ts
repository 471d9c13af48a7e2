import { inParallel } from './in-parallel.js';
import { judgeLab } from './judge-lab.js';
import type { KillPlan } from './kill-switch.js';
import { runWithKill } from './kill-run.js';
import type { KillRun } from './kill-run.js';
import { Laboratory } from './laboratory.js';
import type { Scenario } from './scenarios.js';
import { scenarios } from './scenarios.js';

/** The result of a whole session of kills. */
export interface KillReport {
  readonly runs: number;
  readonly kills: number;
  /** The number of different deaths: scenario, place, and how often the process had been there. */
  readonly places: number;
  /** The number of known ones. */
  readonly knownPlaces: number;
  /** The names of the places at which a process died. */
  readonly diedAt: readonly string[];
  readonly scenarios: readonly string[];
  /** The kinds of entries that the sagas of each scenario got, for example `a delay: wait-ended`. */
  readonly recorded: readonly string[];
  readonly problems: readonly string[];
}

/** The number of scenarios that run at the same time. */
const parallelRuns = 6;

interface Target {
  readonly scenario: Scenario;
  readonly kill: KillPlan;
  /** How often a process that was not killed was at this place. */
  readonly count: number;
}

/**
 * Runs every scenario once to learn its places, then again and again with a process that dies at one of them, until
 * enough have died. Every name of a place comes first, if there are enough kills for all; the others are distributed
 * evenly over all scenarios.
 */
export async function runKillLab(serverUrl: string, kills: number): Promise<KillReport> {
  const laboratory = await Laboratory.open(serverUrl, serverUrl);
  try {
    const rescuers = await laboratory.startRescuers();
    const runAll = (targets: readonly Target[]): Promise<readonly KillRun[]> =>
      inParallel(parallelRuns, targets, ({ scenario, kill }) =>
        runWithKill(laboratory, rescuers, scenario, kill),
      );

    const rehearsals = await inParallel(parallelRuns, scenarios, (scenario) =>
      runWithKill(laboratory, rescuers, scenario, undefined),
    );
    const targets = rehearsals.flatMap(({ scenario, places }) =>
      Object.entries(places).flatMap(([place, count]) =>
        Array.from({ length: mostOf(place, count) }, (_, index): Target => {
          return { scenario, kill: { place, occurrence: index + 1 }, count };
        }),
      ),
    );
    const names = new Set(targets.map(({ kill }) => kill.place));
    const runs: KillRun[] = [...rehearsals];
    let deaths: readonly KillRun[] = [];
    const untouched = (): readonly string[] => {
      // With fewer kills than names, a quick look is wanted.
      if (kills < names.size) return [];
      const died = new Set(deaths.map(({ kill }) => kill?.place));
      return [...names].filter((name) => !died.has(name));
    };
    // Whether a process reaches a place may depend on time. A place that was missed is tried again, and others replace
    // it.
    for (let round = 0; (deaths.length < kills || untouched().length > 0) && round < 10; round++) {
      const first = untouched().map((name) => pick(targets, name, round));
      runs.push(...(await runAll([...first, ...spread(targets, kills - deaths.length - first.length)])));
      deaths = runs.filter(({ isKilled }) => isKilled);
    }
    const places = new Set(
      deaths.map(({ scenario, kill }) => `${scenario.name} ${kill?.place} ${kill?.occurrence}`),
    );
    const missing = deaths.length < kills ? [`${deaths.length} processes died, and ${kills} were to`] : [];
    return {
      runs: runs.length,
      kills: deaths.length,
      places: places.size,
      knownPlaces: targets.length,
      diedAt: [...new Set(deaths.flatMap(({ kill }) => kill?.place ?? []))].toSorted(),
      scenarios: [...new Set(deaths.map(({ scenario }) => scenario.name))],
      recorded: [...new Set(runs.flatMap(recordedIn))],
      problems: [...missing, ...laboratory.unplannedEnds, ...(await judge(laboratory, runs))],
    };
  } finally {
    await laboratory.close();
  }
}

function recordedIn({ scenario, snapshots }: KillRun): readonly string[] {
  return snapshots.flatMap(({ entries }) => entries.map(({ kind }) => `${scenario.name}: ${kind}`));
}

/** If time decides how often a process reaches a place, the number means nothing: only the first two times count. */
function mostOf(place: string, count: number): number {
  const isOfTheSaga = / (append|start)$/.test(place) || place.includes(' of ');
  return isOfTheSaga ? count : Math.min(count, 2);
}

/** A target with this name: first the one that is reached most often, and another one in each round. */
function pick(targets: readonly Target[], name: string, round: number): Target {
  const named = targets
    .filter(({ kill }) => kill.place === name)
    .toSorted((one, other) => one.kill.occurrence - other.kill.occurrence || other.count - one.count);
  const target = named[round % named.length];
  if (target === undefined) throw new Error(`no process reaches "${name}"`);
  return target;
}

function spread(targets: readonly Target[], count: number): readonly Target[] {
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const at =
      count <= targets.length ? Math.floor((index * targets.length) / count) : index % targets.length;
    const target = targets[at];
    if (target === undefined) throw new Error('there is no place to die at');
    return target;
  });
}

async function judge(laboratory: Laboratory, runs: readonly KillRun[]): Promise<readonly string[]> {
  const records = {
    acknowledgements: runs.flatMap(({ acknowledgements }) => acknowledgements),
    watchers: runs.flatMap(({ watchers }) => watchers),
    snapshots: runs.flatMap(({ snapshots }) => snapshots),
  };
  const byId = new Map(runs.map((run) => [run.sagaId, run]));
  const nameOf = (sagaId: string): string => {
    const run = byId.get(sagaId);
    return `${run?.scenario.name}, killed ${run?.kill?.place ?? 'nowhere'} #${run?.kill?.occurrence ?? 0}`;
  };
  const problems = await judgeLab(
    laboratory.world,
    await laboratory.readSagas(),
    records,
    ({ header }) => byId.get(header.sagaId)?.scenario.plan,
  );
  return problems.map(({ sagaId, problem }) => `${nameOf(sagaId)}: ${problem}`);
}
