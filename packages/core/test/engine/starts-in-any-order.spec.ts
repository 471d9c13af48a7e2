import type { StartOptions } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep, SimulatedCluster, startOrders, startProblem } from '@nest-saga/testing';
import type { SimulatedProcess, StartAnswer } from '@nest-saga/testing';

function order() {
  const saga = scriptedSaga('order', [new ScriptedStep('charge')]);
  return { saga, cluster: new SimulatedCluster([saga]) };
}

describe('starts by id, by key and by both', () => {
  it.each(startOrders('018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41', 'order-17'))(
    'one after another ($name) are one saga or a conflict',
    async ({ starts }) => {
      const { saga, cluster } = order();
      const process = await cluster.startProcess();
      const answers: StartAnswer[] = [];

      for (const options of starts) answers.push(await cluster.resolve(end(process, options)));

      expect(startProblem(starts, answers)).toBeUndefined();
      expect(saga.calls).toHaveLength(sagasOf(answers));
    },
  );

  it.each(startOrders('018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41', 'order-17'))(
    'of three processes at the same moment ($name) are one saga or a conflict',
    async ({ starts }) => {
      const { saga, cluster } = order();
      const processes = await Promise.all(starts.map(() => cluster.startProcess()));

      const answers = await cluster.resolve(
        Promise.all(processes.map((process, index) => end(process, starts[index]))),
      );

      expect(startProblem(starts, answers)).toBeUndefined();
      expect(saga.calls).toHaveLength(sagasOf(answers));
    },
  );
});

/** The saga of a start, after its end. */
async function end(process: SimulatedProcess, options: StartOptions | undefined): Promise<StartAnswer> {
  try {
    return (await process.outcome(await process.start({}, options))).sagaId;
  } catch (error) {
    return error as Error;
  }
}

function sagasOf(answers: readonly StartAnswer[]): number {
  return new Set(answers.filter((answer) => typeof answer === 'string')).size;
}
