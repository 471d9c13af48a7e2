import type { SagaEnd } from '@nest-saga/core/engine';
import {
  answers,
  DelayedStorage,
  failing,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  throws,
} from '@nest-saga/testing';

const down = new Error('down');

/** A saga whose first step cannot be undone until the test repairs it. */
async function stuckSaga(onExhausted: 'halt' | 'continue') {
  const compensation = { maximumAttempts: 2, onExhausted, initialIntervalMs: 1, jitter: 0 };
  const saga = scriptedSaga('order', [
    new ScriptedStep('first', { compensate: [...failing(2, down), answers()], compensation }),
    new ScriptedStep('last', { act: [throws(new Error('declined'))] }),
  ]);
  const cluster = new SimulatedCluster([saga]);
  const process = await cluster.startProcess();
  const { sagaId } = await cluster.run(process);
  return { cluster, process, sagaId, saga };
}

describe("an operator's retry of a stuck saga", () => {
  it.each(['halt', 'continue'] as const)(
    'continues to count the attempts of a compensation that was exhausted with "%s"',
    async (onExhausted) => {
      const { cluster, process, sagaId, saga } = await stuckSaga(onExhausted);
      await process.engine.requests.retry(sagaId, 'operator');
      const outcome = await cluster.resolve(process.outcome(sagaId));
      expect(outcome.status).toBe('failed');
      expect(saga.calls.slice(2)).toEqual(['compensate first', 'compensate first #2', 'compensate first #3']);
    },
  );

  it('that comes while a watcher learns that it is stuck lets the watcher see the rest of it', async () => {
    const { cluster, process, sagaId } = await stuckSaga('halt');
    const storage = new DelayedStorage(cluster.memory);
    const watching = await cluster.startProcess({ storage, worker: false });
    storage.hold('readNews', 'call');
    const seen: string[] = [];
    const ended = new Promise<SagaEnd>((resolve, reject) => {
      watching.engine.reader.follow(sagaId, 0, {
        onResult: ({ action, step, attempt, status }) => seen.push(`${action} ${step} #${attempt} ${status}`),
        onEnd: resolve,
        onError: reject,
      });
    });
    await cluster.advance(0);
    storage.letOnePass('readNews');
    await cluster.advance(0);
    await process.engine.requests.retry(sagaId, 'operator');
    storage.letPass('readNews');
    const outcome = await cluster.resolve(ended);
    expect(outcome.status).toBe('failed');
    expect(seen.at(-1)).toBe('compensate first #3 completed');
  });

  it('that comes while its outcome is read is waited for', async () => {
    const { cluster, process, sagaId } = await stuckSaga('halt');
    const storage = new DelayedStorage(cluster.memory);
    const asking = await cluster.startProcess({ storage, worker: false });
    storage.hold('readOutlines', 'call');
    const outcome = asking.outcome(sagaId);
    await cluster.advance(0);
    await process.engine.requests.retry(sagaId, 'operator');
    storage.letPass('readOutlines');
    expect((await cluster.resolve(outcome)).status).toBe('failed');
  });
});
