import { DelayedStorage, scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';
import type { StorageMethod } from '@nest-saga/testing';

const sagaId = '11111111-2222-7333-8444-555555555555';

describe('a saga that one process starts and claims at the same moment', () => {
  it.each([
    ['start', 'claim'],
    ['claim', 'start'],
  ] as const satisfies readonly (readonly StorageMethod[])[])(
    'runs once there when the answer of the %s comes before that of the %s',
    async (first, second) => {
      const saga = scriptedSaga('order', [new ScriptedStep('first'), new ScriptedStep('second')]);
      const cluster = new SimulatedCluster([saga]);
      const storage = new DelayedStorage(cluster.memory);
      const process = await cluster.startProcess({ storage });
      await cluster.advance(0);
      storage.hold('claim');
      storage.hold('start');
      const elsewhere = await cluster.startProcess({ worker: false });
      await elsewhere.enqueue({}, { sagaId });
      await cluster.advance(0);
      // The saga is claimed by now, although the answer is still on its way.
      expect((await cluster.load(sagaId)).header.status).toBe('running');
      const started = process.start({}, { sagaId });
      await cluster.advance(0);
      storage.letPass(first);
      await cluster.advance(0);
      storage.letPass(second);
      const outcome = await cluster.resolve(started.then((one) => process.outcome(one)));
      expect(outcome.status).toBe('completed');
      expect(saga.calls).toEqual(['act first', 'act second']);
      await cluster.advance(60_000);
      expect(storage.waitingCalls).toEqual([]);
    },
  );
});
