import { fitCosts } from './saga-costs.js';
import type { MeasuredLoad } from './saga-costs.js';

/** A load with exactly these costs for a row and for a statement. */
function load(commitsPerSaga: number, writes = 4): MeasuredLoad {
  return {
    writes,
    commitsPerSaga,
    clientCpuMs: writes * 0.02 + commitsPerSaga * 0.15,
    serverCpuMs: writes * 0.01 + commitsPerSaga * 0.1,
    walBytesPerSaga: writes * 700,
  };
}

test('loads that share commits differently show the cost of a row and that of a statement', () => {
  const costs = fitCosts([load(4), load(0.2), load(0.04)], 0.3);
  expect(costs.clientRowMs).toBeCloseTo(0.02, 6);
  expect(costs.clientStatementMs).toBeCloseTo(0.15, 6);
  expect(costs.serverRowMs).toBeCloseTo(0.01, 6);
  expect(costs.serverStatementMs).toBeCloseTo(0.1, 6);
  expect(costs).toMatchObject({ flushMs: 0.3, walRowBytes: 700 });
});

test('loads that share commits alike leave the whole cost with the rows', () => {
  const costs = fitCosts([load(4), load(4)], 0.3);
  expect(costs.clientStatementMs).toBe(0);
  expect(costs.clientRowMs * 4).toBeCloseTo(4 * 0.02 + 4 * 0.15, 6);
});

test('noise never makes a cost negative', () => {
  const noisy = [load(4), { ...load(0.04), clientCpuMs: 5, serverCpuMs: 0.0001 }];
  const costs = fitCosts(noisy, 0.3);
  expect(Math.min(...Object.values(costs))).toBeGreaterThanOrEqual(0);
});

test('one load alone is refused', () => {
  expect(() => fitCosts([load(4)], 0.3)).toThrow('two loads');
});
