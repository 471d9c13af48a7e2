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
    const names = new Set(targets.map(nameOfPlace));
    const runs: KillRun[] = [...rehearsals];
    let deaths: readonly KillRun[] = [];
    const untouched = (): readonly string[] => {
      // With fewer kills than names, a quick look is wanted.
      if (kills < names.size) return [];
      const died = namesOf(deaths);
      return [...names].filter((name) => !died.has(name));
    };
    const untried = (): readonly Scenario[] => {
      const died = new Set(deaths.map(({ scenario }) => scenario));
      return kills < names.size ? [] : scenarios.filter((scenario) => !died.has(scenario));
    };
    const isMissing = (): boolean => deaths.length < kills || untouched().length > 0 || untried().length > 0;
    // Whether a process reaches a place may depend on time. A place that was missed is tried again, and others replace
    // it.
    for (let round = 0; isMissing() && round < 10; round++) {
      const named = untouched().map((name) => pick(targets, name, round));
      // In the first round they come by themselves.
      const tried = round === 0 ? [] : untried().map((scenario) => pickOf(targets, scenario, round));
      const first = [...named, ...tried];
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
      diedAt: [...namesOf(deaths)].toSorted(),
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

function namesOf(deaths: readonly KillRun[]): ReadonlySet<string> {
  return new Set(
    deaths.flatMap(({ scenario, kill }) => (kill === undefined ? [] : nameOfPlace({ scenario, kill }))),
  );
}

/** The write of a request is a place of its own in each scenario. */
function nameOfPlace({ scenario, kill }: Pick<Target, 'scenario' | 'kill'>): string {
  const isRequest = scenario.isRequestedByVictim === true && kill.place.endsWith(' append');
  return isRequest ? `${kill.place} of ${scenario.name}` : kill.place;
}

/** If time decides how often a process reaches a place, the number means nothing: only the first two times count. */
function mostOf(place: string, count: number): number {
  const isOfTheSaga = / (append|start)$/.test(place) || place.includes(' of ');
  return isOfTheSaga ? count : Math.min(count, 2);
}

/** A target with this name: first the one that is reached most often, and another one in each round. */
function pick(targets: readonly Target[], name: string, round: number): Target {
  const named = targets
    .filter((target) => nameOfPlace(target) === name)
    .toSorted((one, other) => one.kill.occurrence - other.kill.occurrence || other.count - one.count);
  const target = named[round % named.length];
  if (target === undefined) throw new Error(`no process reaches "${name}"`);
  return target;
}

/** A target of this scenario, another one in each round. */
function pickOf(targets: readonly Target[], scenario: Scenario, round: number): Target {
  const own = targets.filter((target) => target.scenario === scenario);
  const target = own[Math.floor((own.length * round) / 10)];
  if (target === undefined) throw new Error(`no process dies in "${scenario.name}"`);
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
