import { sagaSignal } from '@nest-saga/core';
import { FaultyStorage, scriptedSaga, ScriptedStep, SimulatedCluster, StepGate } from '@nest-saga/testing';

const paid = sagaSignal('paid');

async function charging() {
  const gate = new StepGate();
  const charge = new ScriptedStep('charge', { act: [gate.waits()] });
  const saga = scriptedSaga('order', [charge, new ScriptedStep('ship')]);
  const cluster = new SimulatedCluster([saga]);
  const storage = new FaultyStorage(cluster.memory);
  const process = await cluster.startProcess({ storage });
  const started = await process.start();
  await cluster.advance(0);
  return { gate, saga, cluster, storage, process, started, sagaId: started.sagaId };
}

describe('an entry of another writer during a step', () => {
  it('is read at once, so that the entry of the step is not fenced', async () => {
    const { gate, cluster, storage, process, started, sagaId } = await charging();
    await process.engine.requests.signal(sagaId, paid);
    await cluster.advance(0);
    const loads = storage.callsOf('load');
    expect(loads).toBeGreaterThan(0);
    gate.open();
    const outcome = await cluster.resolve(process.outcome(started));
    expect(outcome.status).toBe('completed');
    expect(storage.callsOf('load')).toBe(loads);
    expect(gate.abortReasons).toEqual([]);
  });

  it('that cannot be read leaves the step running: it is read when the entry of the step is fenced', async () => {
    const { gate, saga, cluster, storage, process, started, sagaId } = await charging();
    await process.engine.requests.signal(sagaId, paid);
    const back = storage.inject({ method: 'load', outcome: 'refused' });
    await cluster.advance(2_000);
    expect(saga.calls).toEqual(['act charge']);
    expect(gate.abortReasons).toEqual([]);
    back();
    gate.open();
    const outcome = await cluster.resolve(process.outcome(started));
    expect(outcome.status).toBe('completed');
    expect(saga.calls).toEqual(['act charge', 'act ship']);
  });

  it('aborts the act if it is a cancel among others', async () => {
    const { gate, cluster, process, started, sagaId } = await charging();
    await process.engine.requests.signal(sagaId, paid);
    await process.engine.requests.cancel(sagaId, 'too late');
    await process.engine.requests.signal(sagaId, paid).catch(() => undefined);
    const outcome = await cluster.resolve(process.outcome(started));
    expect(outcome.failure).toMatchObject({ reason: 'cancelled' });
    expect(gate.abortReasons).toMatchObject([{ reason: 'cancelled' }]);
  });
});
