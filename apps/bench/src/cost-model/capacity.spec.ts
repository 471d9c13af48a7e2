import { capacityOf } from './capacity.js';
import type { SagaCosts } from './saga-costs.js';

const costs: SagaCosts = {
  clientStatementMs: 0.1,
  clientRowMs: 0.02,
  serverStatementMs: 0.2,
  serverRowMs: 0.01,
  flushMs: 0.5,
  walRowBytes: 1_000,
};
const busy = { writes: 4, rowsInStatement: 100 };
const manyBytes = 1e12;

test('a server with twice the cores carries twice the sagas, and takes twice the processes', () => {
  const small = capacityOf(costs, { cores: 8, logBytesPerSecond: manyBytes }, busy);
  const large = capacityOf(costs, { cores: 16, logBytesPerSecond: manyBytes }, busy);
  expect(large.sagasPerSecond).toBeCloseTo(2 * small.sagasPerSecond, 6);
  expect(large.processes).toBeGreaterThan(small.processes);
  expect(large.bottleneck).toBe('server cores');
});

test('cores that the disk cannot keep up with have no effect', () => {
  const capacity = capacityOf(costs, { cores: 64, logBytesPerSecond: 100_000_000 }, busy);
  expect(capacity).toMatchObject({ bottleneck: 'log bandwidth', sagasPerSecond: 25_000 });
  expect(capacity.logBytesPerSecond).toBe(100_000_000);
});

test('statements that carry one row each cost the server many times as much', () => {
  const server = { cores: 2, logBytesPerSecond: manyBytes };
  const shared = capacityOf(costs, server, busy);
  const single = capacityOf(costs, server, { ...busy, rowsInStatement: 1 });
  expect(shared.sagasPerSecond / single.sagasPerSecond).toBeGreaterThan(10);
});
