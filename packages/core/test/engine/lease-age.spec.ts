import {
  DelayedStorage,
  FaultyStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
} from '@nest-saga/testing';

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

describe('a renewal whose answer comes after the end of the lease by this process’s own clock', () => {
  it('does not bring the lease back: others may hold the sagas by then', async () => {
    const cluster = new SimulatedCluster([scriptedSaga('order', [new ScriptedStep('reserve')])]);
    const storage = new DelayedStorage(cluster.memory);
    const process = await cluster.startProcess({ storage });
    const { lease } = process.engine.worker;
    const before = lease.worker;
    storage.hold('renewWorker', 'answer');
    await cluster.advance(10_000);
    // No timer fires meanwhile, as in a process whose event loop is blocked.
    cluster.clock.stall(20_000);
    storage.letPass('renewWorker');
    await cluster.advance(1_000);
    expect(before).toBeDefined();
    expect(lease.worker).not.toBe(before);
    expect(lease.isValid()).toBe(true);
  });
});
