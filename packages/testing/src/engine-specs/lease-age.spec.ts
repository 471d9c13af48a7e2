import { SimulatedCluster } from '../crash/simulated-cluster.js';
import { FaultyStorage } from '../fakes/faulty-storage.js';
import { scriptedSaga } from '../fakes/scripted-saga.js';
import { ScriptedStep } from '../fakes/scripted-step.js';

describe('the last renewal of a lease', () => {
  it('moves on with each renewal, and stands still while the storage does not answer', async () => {
    const cluster = new SimulatedCluster([scriptedSaga('order', [new ScriptedStep('reserve')])]);
    const storage = new FaultyStorage(cluster.memory);
    const process = await cluster.startProcess({ storage });
    const { lease } = process.engine.worker;
    const age = () => cluster.clock.monotonicNow() - (lease.lastRenewedAt ?? Number.NaN);

    await cluster.advance(60_000);
    expect(age()).toBeLessThanOrEqual(10_000);

    const end = storage.inject({ method: 'renewWorker', outcome: 'not-written' });
    await cluster.advance(20_000);
    expect(age()).toBeGreaterThanOrEqual(20_000);
    expect(lease.isValid()).toBe(true);

    end();
    await cluster.advance(2_000);
    expect(age()).toBeLessThanOrEqual(2_000);
  });
});
