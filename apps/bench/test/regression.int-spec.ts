import { openBareInserts } from '../src/contestants/bare-inserts.js';
import { openGroupedInserts } from '../src/contestants/grouped-inserts.js';
import { openNestSaga } from '../src/contestants/nest-saga.js';
import type { LoadMeasurement } from '../src/measure/load-measurement.js';
import { usualShape, writesOf } from '../src/sample/saga-shape.js';
import { GuardedServer } from './guarded-server.js';
import type { GuardedOptions } from './guarded-server.js';

/** What the sweeps and the heartbeat of a worker may add to a saga's own statements while a hundred run. */
const besideTheSagas = 0.15;
const sagas = 100;
const rounds = 3;

let server: GuardedServer;

beforeAll(async () => {
  server = await GuardedServer.start();
}, 60_000);

afterAll(() => server.stop());

describe('the cost of a saga that no machine changes', () => {
  test.each([1, 3, 10])(
    'a saga of %i steps costs one commit and one statement more than it has steps',
    async (steps) => {
      const shape = { ...usualShape, steps };
      const { commits, statements } = await server.count(openNestSaga, { shape, atOnce: 1 }, sagas);
      expect(commits).toBeGreaterThanOrEqual(steps + 1);
      expect(commits).toBeLessThan(steps + 1 + besideTheSagas);
      expect(statements).toBeGreaterThanOrEqual(steps + 1);
      expect(statements).toBeLessThan(steps + 1 + besideTheSagas);
    },
  );

  test('a failure after two steps costs one commit for its start, three acts and two undos each', async () => {
    const shape = { ...usualShape, fails: true };
    const { commits } = await server.count(openNestSaga, { shape, atOnce: 1 }, sagas);
    expect(writesOf(shape)).toBe(6);
    expect(commits).toBeGreaterThanOrEqual(6);
    expect(commits).toBeLessThan(6 + besideTheSagas);
  });

  test('a saga writes less than three times the log of as many bare rows', async () => {
    const options = { shape: usualShape, atOnce: 1 };
    const ours = await server.count(openNestSaga, options, sagas);
    const bare = await server.count(openBareInserts, options, sagas);
    expect(ours.walBytes / bare.walBytes).toBeLessThan(3);
  });

  test('200 sagas at once share commits: fewer than one for four sagas', async () => {
    const { sagas: ended, commitsPerSaga } = await server.measure(openNestSaga, {
      shape: usualShape,
      atOnce: 200,
    });
    expect(ended).toBeGreaterThan(200);
    expect(commitsPerSaga).toBeLessThan(0.25);
  });
});

describe('the distance to bare inserts, with a wide margin', () => {
  test('one saga at a time takes less than six times as long as its rows inserted bare', async () => {
    const distances = await compare(
      { shape: usualShape, atOnce: 1 },
      openBareInserts,
      (ours, bare) => ours.p50Ms / bare.p50Ms,
    );
    expect(Math.min(...distances)).toBeLessThan(6);
  }, 60_000);

  test('200 sagas at once run at more than a tenth of the rate of their rows inserted in groups', async () => {
    const distances = await compare(
      { shape: usualShape, atOnce: 200 },
      openGroupedInserts,
      (ours, floor) => ours.sagasPerSecond / floor.sagasPerSecond,
    );
    expect(Math.max(...distances)).toBeGreaterThan(0.1);
  }, 60_000);
});

/** Rounds of one and the other in turn: what else the machine does meets both. */
async function compare(
  options: GuardedOptions,
  openOther: typeof openBareInserts,
  distanceOf: (ours: LoadMeasurement, other: LoadMeasurement) => number,
): Promise<readonly number[]> {
  const distances: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const ours = await server.measure(openNestSaga, options);
    const other = await server.measure(openOther, options);
    distances.push(distanceOf(ours, other));
  }
  return distances;
}
