import { openBareInserts } from '../src/contestants/bare-inserts.js';
import { openNestSaga } from '../src/contestants/nest-saga.js';
import { usualShape, writesOf } from '../src/sample/saga-shape.js';
import { GuardedServer } from './guarded-server.js';

const sagas = 100;

let server: GuardedServer;

beforeAll(async () => {
  server = await GuardedServer.start();
});

afterAll(() => server.stop());

describe('the cost of a saga that no machine changes', () => {
  test.each([1, 3, 10])(
    'a saga of %i steps costs one commit and one statement more than it has steps',
    async (steps) => {
      const shape = { ...usualShape, steps };
      const { commits, statements, besides } = await server.count(openNestSaga, { shape, atOnce: 1 }, sagas);
      expect(commits).toBeGreaterThanOrEqual(steps + 1);
      expect(commits).toBeLessThan(steps + 1 + besides);
      expect(statements).toBeGreaterThanOrEqual(steps + 1);
      expect(statements).toBeLessThan(steps + 1 + besides);
    },
  );

  test('a failure after two steps costs one commit for its start, three acts and two undos each', async () => {
    const shape = { ...usualShape, fails: true };
    const { commits, besides } = await server.count(openNestSaga, { shape, atOnce: 1 }, sagas);
    expect(writesOf(shape)).toBe(6);
    expect(commits).toBeGreaterThanOrEqual(6);
    expect(commits).toBeLessThan(6 + besides);
  });

  test('a saga writes less than three times the log of as many bare rows', async () => {
    const options = { shape: usualShape, atOnce: 1 };
    const ours = await server.count(openNestSaga, options, sagas);
    const bare = await server.count(openBareInserts, options, sagas);
    expect(ours.walBytes / bare.walBytes).toBeLessThan(3);
  });

  test('200 sagas at once share commits: fewer than one for four sagas', async () => {
    const { commits } = await server.count(openNestSaga, { shape: usualShape, atOnce: 200 }, 1_000);
    expect(commits).toBeLessThan(0.25);
  });
});
