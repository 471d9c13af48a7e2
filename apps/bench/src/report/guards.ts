import type { BenchResults } from '../command/bench-results.js';
import { scenarioNames } from '../command/plan.js';
import { ContestantName } from '../contestants/contestant.js';
import { findSummary, ratioOf } from './load-summary.js';
import type { Target } from './targets.js';

const { NestSaga, BareInserts, GroupedInserts } = ContestantName;

/**
 * Bounds that hold on any machine, far from the measured values: counts, and ratios to bare loops that ran in turn with
 * this project. A run that misses one shows a regression.
 */
export function guardsOf({ load }: BenchResults): readonly Target[] {
  const at = (contestant: ContestantName, atOnce: number) => ({
    scenario: scenarioNames.comparison,
    contestant,
    atOnce,
  });
  const alone = findSummary(load, at(NestSaga, 1));
  const many = findSummary(load, at(NestSaga, 200));
  return [
    {
      what: 'commits a saga of three steps, 1 at once',
      bound: { atMost: 4.15 },
      measured: alone?.commitsPerSaga ?? undefined,
      unit: 'commits',
    },
    {
      what: 'commits a saga of three steps, 200 at once',
      bound: { atMost: 0.25 },
      measured: many?.commitsPerSaga ?? undefined,
      unit: 'commits',
    },
    {
      what: 'WAL bytes to bare inserts, 1 at once',
      bound: { atMost: 3 },
      measured: ratioOf(load, at(NestSaga, 1), at(BareInserts, 1), 'walBytesPerSaga'),
      unit: 'times',
    },
    {
      what: 'median to bare inserts, 1 at once',
      bound: { atMost: 4 },
      measured: ratioOf(load, at(NestSaga, 1), at(BareInserts, 1), 'p50Ms'),
      unit: 'times',
    },
    {
      what: 'rate to the grouped floor, 200 at once',
      bound: { atLeast: 0.15 },
      measured: ratioOf(load, at(NestSaga, 200), at(GroupedInserts, 200), 'sagasPerSecond'),
      unit: 'times',
    },
  ];
}
