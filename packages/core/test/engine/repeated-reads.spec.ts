import { SagaNotRegisteredError } from '@nest-saga/core';
import { FaultyStorage, scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';

describe('a caller that waits for the end of a saga that another process runs', () => {
  it.each(['find', 'readOutlines'] as const)(
    'retries while the storage fails at "%s": the saga continues meanwhile',
    async (method) => {
      const cluster = new SimulatedCluster([scriptedSaga('order', [new ScriptedStep('reserve')])]);
      const running = await cluster.startProcess();
      const storage = new FaultyStorage(cluster.memory);
      const waiting = await cluster.startProcess({ storage, worker: false });
      const { sagaId } = await cluster.run(running);
      storage.inject({ method, outcome: 'not-written', times: 3 });
      const outcome = await cluster.resolve(waiting.outcome(sagaId));
      expect(outcome.status).toBe('completed');
    },
  );

  it('learns at once that this process does not have the saga', async () => {
    const cluster = new SimulatedCluster([scriptedSaga('order', [new ScriptedStep('reserve')])]);
    const running = await cluster.startProcess();
    const { sagaId } = await cluster.run(running);
    const other = await cluster.startProcess({
      sagas: [scriptedSaga('invoice', [new ScriptedStep('send')])],
      worker: false,
    });
    const told = new Promise<unknown>((resolve) => {
      other.engine.reader.follow(sagaId, 0, {
        onResult: () => resolve('a result'),
        onEnd: () => resolve('an end'),
        onError: resolve,
      });
    });
    await cluster.advance(0);
    expect(await told).toBeInstanceOf(SagaNotRegisteredError);
  });
});
