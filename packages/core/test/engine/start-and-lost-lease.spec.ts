import { FaultyStorage, scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';

describe('a start whose answer is lost', () => {
  it('is answered as durable if the lease is lost before it could be read back, and another worker runs it', async () => {
    const saga = scriptedSaga('order', [new ScriptedStep('first')]);
    const cluster = new SimulatedCluster([saga]);
    const storage = new FaultyStorage(cluster.memory);
    const process = await cluster.startProcess({ storage });
    storage.inject({ method: 'start', outcome: 'unknown', times: 1 });
    const outage = ['load', 'renewWorker', 'registerWorker'] as const;
    const ends = outage.map((method) => storage.inject({ method, outcome: 'not-written' }));
    const started = await cluster.resolve(process.start());
    expect(process.listener.ofWorkerType('lease-lost')).toHaveLength(1);
    expect(saga.calls).toEqual([]);
    const other = await cluster.startProcess();
    const outcome = await cluster.resolve(other.outcome(started.sagaId));
    expect(outcome.status).toBe('completed');
    expect(saga.calls).toEqual(['act first']);
    for (const end of ends) end();
  });
});
