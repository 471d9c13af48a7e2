import type { BenchResults } from '../command/bench-results.js';
import { ContestantName } from '../contestants/contestant.js';
import { usualShape } from '../sample/saga-shape.js';
import type { LoadSample } from '../scenarios/load-scenario.js';
import { guardsOf } from './guards.js';
import { isReached } from './targets.js';

const { NestSaga, BareInserts, GroupedInserts } = ContestantName;

const good: readonly LoadSample[] = [
  sample(NestSaga, 1, { p50Ms: 1.2, commitsPerSaga: 4.01, walBytesPerSaga: 2_000 }),
  sample(BareInserts, 1, { p50Ms: 1, walBytesPerSaga: 1_000 }),
  sample(NestSaga, 200, { sagasPerSecond: 5_000, commitsPerSaga: 0.05 }),
  sample(GroupedInserts, 200, { sagasPerSecond: 10_000 }),
];

test('a run as it should be reaches every bound', () => {
  expect(verdicts(good)).toEqual([true, true, true, true, true]);
});

test.each([
  ['a commit more for each saga', 0, { commitsPerSaga: 5 }, 0],
  ['a commit for each entry under load', 2, { commitsPerSaga: 4 }, 1],
  ['three times the log', 0, { walBytesPerSaga: 3_100 }, 2],
  ['five times the time of bare inserts', 0, { p50Ms: 5 }, 3],
  ['a tenth of the grouped rate', 2, { sagasPerSecond: 1_000 }, 4],
])('%s is noticed', (_, at, change, bound) => {
  const samples = good.map((one, index) => (index === at ? { ...one, ...change } : one));
  expect(verdicts(samples)[bound]).toBe(false);
});

test('what was not measured counts as missed by no bound and reached by none', () => {
  expect(verdicts([])).toEqual(Array.from({ length: 5 }, () => undefined));
});

function verdicts(load: readonly LoadSample[]): readonly (boolean | undefined)[] {
  return guardsOf({ load } as BenchResults).map(isReached);
}

function sample(contestant: ContestantName, atOnce: number, figures: Partial<LoadSample>): LoadSample {
  return {
    scenario: 'three steps',
    contestant,
    atOnce,
    shape: usualShape,
    round: 1,
    sagas: 100,
    seconds: 1,
    sagasPerSecond: 100,
    p50Ms: 1,
    p99Ms: 1,
    clientCpuMs: 1,
    serverCpuMs: 1,
    commitsPerSaga: 1,
    walBytesPerSaga: 1,
    foreignCores: 0,
    ...figures,
  };
}
