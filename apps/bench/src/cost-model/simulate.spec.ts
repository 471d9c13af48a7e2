import type { SagaCosts } from './saga-costs.js';
import { simulate } from './simulate.js';

const costs: SagaCosts = {
  clientStatementMs: 0.1,
  clientRowMs: 0.02,
  serverStatementMs: 0.1,
  serverRowMs: 0.01,
  flushMs: 0.5,
  walRowBytes: 700,
};
const alone = { processes: 1, atOnce: 1, writes: 4, serverCores: 2, clientCores: 0 };

test('one saga at a time waits for each of its writes: nothing is shared, and nothing waits in line', () => {
  const { p50Ms, sagasPerSecond } = simulate(costs, alone);
  const oneWrite = 0.1 + 0.02 + 0.1 + 0.01 + 0.5;
  expect(p50Ms).toBeCloseTo(4 * oneWrite, 6);
  expect(sagasPerSecond).toBeCloseTo(1_000 / (4 * oneWrite), -1);
});

test('more sagas at once share statements, until a core has no time left', () => {
  const few = simulate(costs, { ...alone, atOnce: 10 });
  const many = simulate(costs, { ...alone, atOnce: 1_000 });
  expect(few.rowsInFlush).toBeGreaterThan(2);
  expect(many.rowsInFlush).toBeGreaterThan(100);
  expect(many.sagasPerSecond).toBeGreaterThan(few.sagasPerSecond);
  // One thread, four rows a saga.
  expect(many.sagasPerSecond).toBeLessThan(1_000 / (4 * costs.clientRowMs));
});

test('a slow disk costs one saga its whole time, and many sagas little', () => {
  const slow = { ...costs, flushMs: 5 };
  const lossOf = (atOnce: number) =>
    simulate(slow, { ...alone, atOnce }).sagasPerSecond /
    simulate(costs, { ...alone, atOnce }).sagasPerSecond;
  expect(lossOf(1)).toBeLessThan(0.2);
  expect(lossOf(2_000)).toBeGreaterThan(0.7);
});

test('more processes help until the server has no time left', () => {
  const rateOf = (processes: number) =>
    simulate(costs, { processes, atOnce: 200, writes: 4, serverCores: 2, clientCores: 16 });
  const [one, two, many] = [rateOf(1), rateOf(2), rateOf(12)];
  expect(two.sagasPerSecond).toBeGreaterThan(one.sagasPerSecond * 1.5);
  expect(many.serverBusy).toBeGreaterThan(0.95);
  expect(many.sagasPerSecond).toBeLessThan(1_000 / ((4 * costs.serverRowMs) / 2));
});

test('no core is ever busier than it can be, and the same question has the same answer', () => {
  const deployment = { processes: 3, atOnce: 50, writes: 4, serverCores: 1, clientCores: 2 };
  const simulated = simulate(costs, deployment);
  for (const busy of [simulated.clientBusy, simulated.serverBusy, simulated.logBusy])
    expect(busy).toBeLessThanOrEqual(1.01);
  expect(simulate(costs, deployment)).toEqual(simulated);
});
