import { randomUUID } from 'node:crypto';
import { scriptedSaga, ScriptedStep, startOrders, startProblem } from '@nest-saga/testing';
import type { SimulatedProcess, StartAnswer } from '@nest-saga/testing';
import type { StartOptions } from '@nest-saga/core';
import { EngineCluster } from './engine-cluster.js';

const orders = startOrders('', '').map(({ name }, index) => ({ name, index }));

describe('starts by id, by key and by both', () => {
  const saga = scriptedSaga('order', [new ScriptedStep('charge')]);
  let cluster: EngineCluster;
  let processes: readonly SimulatedProcess[];

  beforeAll(async () => {
    cluster = await EngineCluster.create();
    processes = await Promise.all([1, 2, 3].map(() => cluster.startProcess([saga])));
  });
  afterAll(() => cluster.close());

  const startsOf = (index: number) => startOrders(randomUUID(), randomUUID())[index]?.starts ?? [];
  const answer = (process: SimulatedProcess | undefined, options: StartOptions): Promise<StartAnswer> =>
    process?.start({}, options).then(
      ({ sagaId }) => sagaId,
      (error: Error) => error,
    ) ?? Promise.reject(new Error('no process'));

  it.each(orders)('one after another ($name) are one saga or a conflict', async ({ index }) => {
    const starts = startsOf(index);
    const answers: StartAnswer[] = [];

    for (const [number, options] of starts.entries()) answers.push(await answer(processes[number], options));

    expect(startProblem(starts, answers)).toBeUndefined();
  });

  it.each(orders)('at the same moment ($name) are one saga or a conflict', async ({ index }) => {
    for (let round = 1; round <= 5; round++) {
      const starts = startsOf(index);

      const answers = await Promise.all(
        starts.map((options, number) => answer(processes[number % Math.min(round, 3)], options)),
      );

      expect(startProblem(starts, answers)).toBeUndefined();
    }
  });
});
