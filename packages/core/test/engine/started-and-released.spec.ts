import { jsonContextCodec } from '@nest-saga/core';
import { DelayedStorage, scriptedSaga, ScriptedStep, SimulatedCluster, StepGate } from '@nest-saga/testing';

const sagaId = '11111111-2222-7333-8444-555555555555';

describe('a saga that is started again while its process releases it', () => {
  it('runs in the process that claims it then, and nowhere else', async () => {
    let isKeyThere = false;
    const codec = {
      ...jsonContextCodec,
      decode: (json: string): unknown => {
        if (!isKeyThere) throw new Error('the key is not there');
        return jsonContextCodec.decode(json);
      },
    };
    const gate = new StepGate();
    const saga = scriptedSaga('order', [new ScriptedStep('charge', { act: [gate.waits()] })], { codec });
    const cluster = new SimulatedCluster([saga]);
    const storage = new DelayedStorage(cluster.memory);
    const recovery = { enabled: false };
    const process = await cluster.startProcess({ storage, recovery });
    storage.hold('release', 'call');
    await process.start({}, { sagaId });
    await cluster.advance(0);
    expect(storage.waitingCalls).toEqual(['release']);
    isKeyThere = true;
    const again = await process.start({}, { sagaId });
    await cluster.advance(0);
    storage.letPass('release');
    const other = await cluster.startProcess();
    await cluster.advance(10_000);
    expect(other.listener.ofType('claimed')).toHaveLength(1);
    expect(gate.held).toBe(1);
    gate.open();
    expect((await cluster.resolve(process.outcome(again))).status).toBe('completed');
    expect(saga.calls).toEqual(['act charge']);
  });
});
