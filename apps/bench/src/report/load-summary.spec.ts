import type { LoadSample } from '../scenarios/load-scenario.js';
import { usualShape } from '../sample/saga-shape.js';
import { findSummary, ratioOf, summarizeLoads } from './load-summary.js';

const ours = { scenario: 'three steps', contestant: 'nest-saga', atOnce: 50 } as const;
const theirs = { ...ours, contestant: 'dbos' } as const;

function sample(group: typeof ours | typeof theirs, round: number, sagasPerSecond: number): LoadSample {
  return {
    ...group,
    round,
    shape: usualShape,
    sagas: sagasPerSecond,
    seconds: 1,
    sagasPerSecond,
    p50Ms: 1_000 / sagasPerSecond,
    p99Ms: 1,
    clientCpuMs: 1,
    serverCpuMs: null,
    commitsPerSaga: 4,
    walBytesPerSaga: 900,
    foreignCores: 0,
  };
}

test('rounds become their median, and figures that were not measured stay unknown', () => {
  const samples = [sample(ours, 1, 900), sample(theirs, 1, 100), sample(ours, 2, 1_100), sample(ours, 3, 10)];
  expect(summarizeLoads(samples).map(({ contestant, rounds }) => [contestant, rounds])).toEqual([
    ['nest-saga', 3],
    ['dbos', 1],
  ]);
  expect(findSummary(samples, ours)).toMatchObject({ sagasPerSecond: 900, serverCpuMs: null });
});

test('a ratio compares what ran in the same round, so a slow moment of the machine does not show in it', () => {
  const samples = [
    sample(ours, 1, 1_000),
    sample(theirs, 1, 100),
    sample(ours, 2, 500),
    sample(theirs, 2, 50),
    sample(ours, 3, 990),
  ];
  expect(ratioOf(samples, ours, theirs, 'sagasPerSecond')).toBe(10);
  expect(ratioOf(samples, ours, { ...theirs, atOnce: 1 }, 'sagasPerSecond')).toBeUndefined();
});

test('a disturbed round counts only if there is no other', () => {
  const disturbed = { ...sample(ours, 1, 10), foreignCores: 1 };
  const samples = [disturbed, sample(theirs, 1, 100), sample(ours, 2, 900), sample(theirs, 2, 90)];
  expect(findSummary(samples, ours)).toMatchObject({ sagasPerSecond: 900, rounds: 1 });
  expect(ratioOf(samples, ours, theirs, 'sagasPerSecond')).toBe(10);
  expect(findSummary([disturbed], ours)).toMatchObject({ sagasPerSecond: 10, rounds: 1 });
});
