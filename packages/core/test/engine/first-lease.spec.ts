import { SagaStorageError } from '@nest-saga/core';
import { FaultyStorage, scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';
import type { StorageFault } from '@nest-saga/testing';

function world(fault: Omit<StorageFault, 'method'>) {
  const cluster = new SimulatedCluster([scriptedSaga('order', [new ScriptedStep('charge')])]);
  const storage = new FaultyStorage(cluster.memory);
  storage.inject({ method: 'registerWorker', ...fault });
  return { cluster, storage, process: cluster.createProcess({ storage }) };
}

describe('a process that opens while its storage is in trouble', () => {
  it.each(['not-written', 'unknown'] as const)(
    'asks for its first lease for some seconds, and then runs sagas: %s',
    async (outcome) => {
      const { cluster, process } = world({ outcome, times: 5 });
      await cluster.resolve(process.engine.open(), 10_000);
      expect(await cluster.run(process)).toMatchObject({ status: 'completed' });
      expect(process.listener.ofWorkerType('renewal-failed')).toHaveLength(5);
    },
  );

  it('is refused if the problem lasts', async () => {
    const { cluster, process } = world({ outcome: 'not-written' });
    const failed = process.engine.open().catch((error: unknown) => error);
    expect(await cluster.resolve(failed, 20_000)).toBeInstanceOf(SagaStorageError);
  });

  it('is refused at once if the storage will never accept it', async () => {
    const { process, storage } = world({ outcome: 'refused' });
    await expect(process.engine.open()).rejects.toMatchObject({ outcome: 'refused' });
    expect(storage.callsOf('registerWorker')).toBe(1);
  });
});
