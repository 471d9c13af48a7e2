import type { ContestantName } from '../contestants/contestant.js';
import type { LoadMeasurement } from '../measure/load-measurement.js';
import { median } from '../measure/percentiles.js';
import { toleratedForeignCores } from '../measure/until-quiet.js';
import type { LoadSample } from '../scenarios/load-scenario.js';

/**
 * The rounds of one contestant at one load: the median of each figure. A round that was disturbed by other programs
 * counts only if all rounds were.
 */
export interface LoadSummary extends LoadMeasurement {
  readonly scenario: string;
  readonly contestant: ContestantName;
  readonly atOnce: number;
  readonly rounds: number;
}

/** The key of measurements that belong together. */
export type LoadGroup = Pick<LoadSummary, 'scenario' | 'contestant' | 'atOnce'>;

/** One summary for each contestant at each load, in the order in which they first appear, loads ascending. */
export function summarizeLoads(samples: readonly LoadSample[]): readonly LoadSummary[] {
  const groups = new Map<string, LoadSample[]>();
  for (const sample of samples) {
    const key = [sample.scenario, sample.atOnce, sample.contestant].join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sample]);
    else group.push(sample);
  }
  return [...groups.values()].flatMap((group) => summarize(group) ?? []);
}

/** The rounds of one contestant at one load, or undefined if it was not measured. */
export function findSummary(samples: readonly LoadSample[], group: LoadGroup): LoadSummary | undefined {
  return summarize(samples.filter((sample) => belongsTo(sample, group)));
}

/**
 * The ratio of two contestants, as the median of the ratios of their rounds: a disturbance of one round affects both
 * sides of its ratio. Undefined if they have no common round.
 */
export function ratioOf(
  samples: readonly LoadSample[],
  one: LoadGroup,
  other: LoadGroup,
  figure: 'sagasPerSecond' | 'p50Ms' | 'clientCpuMs' | 'walBytesPerSaga',
): number | undefined {
  const others = new Map(
    samples.filter((sample) => belongsTo(sample, other)).map((sample) => [sample.round, sample]),
  );
  const pairs = samples
    .filter((sample) => belongsTo(sample, one))
    .flatMap((sample) => {
      const denominator = others.get(sample.round);
      return denominator === undefined || (denominator[figure] ?? 0) === 0
        ? []
        : [[sample, denominator] as const];
    });
  const ratios = orAll(pairs, (pair) => pair.every(isUndisturbed)).map(
    ([sample, denominator]) => (sample[figure] ?? 0) / (denominator[figure] ?? 1),
  );
  return ratios.length === 0 ? undefined : median(ratios);
}

function isUndisturbed({ foreignCores }: LoadSample): boolean {
  return (foreignCores ?? 0) <= toleratedForeignCores;
}

/** The items that fulfil a condition, or all items if none does. */
function orAll<Item>(items: readonly Item[], condition: (item: Item) => boolean): readonly Item[] {
  const chosen = items.filter(condition);
  return chosen.length > 0 ? chosen : items;
}

function belongsTo(sample: LoadSample, group: LoadGroup): boolean {
  return (
    sample.scenario === group.scenario &&
    sample.contestant === group.contestant &&
    sample.atOnce === group.atOnce
  );
}

function summarize(samples: readonly LoadSample[]): LoadSummary | undefined {
  const group = orAll(samples, isUndisturbed);
  const [first] = group;
  if (first === undefined) return undefined;
  const middle = (figure: keyof LoadMeasurement) => median(group.map((sample) => sample[figure] ?? 0));
  const orNull = (figure: keyof LoadMeasurement) => (first[figure] === null ? null : middle(figure));
  return {
    scenario: first.scenario,
    contestant: first.contestant,
    atOnce: first.atOnce,
    rounds: group.length,
    sagas: middle('sagas'),
    seconds: middle('seconds'),
    sagasPerSecond: middle('sagasPerSecond'),
    p50Ms: middle('p50Ms'),
    p99Ms: middle('p99Ms'),
    clientCpuMs: middle('clientCpuMs'),
    serverCpuMs: orNull('serverCpuMs'),
    commitsPerSaga: orNull('commitsPerSaga'),
    walBytesPerSaga: orNull('walBytesPerSaga'),
    foreignCores: orNull('foreignCores'),
  };
}
