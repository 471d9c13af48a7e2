import {
  answers,
  DelayedStorage,
  FaultyStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
} from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

function order(charge: ScriptedStepOptions) {
  const step = new ScriptedStep('charge', charge);
  const saga = scriptedSaga('order', [new ScriptedStep('reserve'), step, new ScriptedStep('ship')]);
  return { step, saga, cluster: new SimulatedCluster([saga]) };
}

describe('a shutdown', () => {
  it('waits for the running step, records it, starts no other one and releases the saga', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waits()] });
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.advance(0);
    const closed = process.engine.close();
    await cluster.advance(1_000);
    gate.open();
    await cluster.resolve(closed, 0);
    expect(saga.calls).toEqual(['act reserve', 'act charge']);
    expect(gate.abortReasons).toEqual([]);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'act-completed charge',
      'released for shutdown',
    ]);
    expect(await cluster.memory.find(sagaId)).toMatchObject({ status: 'running', owner: undefined });
    expect(process.listener.ofType('stopped')).toMatchObject([{ sagaId, reason: 'shutdown' }]);
  });

  it('lets another process continue at once, without waiting for a lease', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waits()] });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    const closed = first.engine.close();
    gate.open();
    await cluster.resolve(closed);
    expect((await cluster.resolve(second.outcome(sagaId), 1_000)).status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act ship']);
  });

  it('aborts a step that takes too long, by its signal, and does not record its error then', async () => {
    const gate = new StepGate();
    const { step, cluster } = order({ act: [gate.waits(), answers()] });
    const [first, second] = [
      await cluster.startProcess({ shutdownTimeoutMs: 3_000 }),
      await cluster.startProcess(),
    ];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    const closed = first.engine.close();
    await cluster.advance(2_999);
    expect(gate.abortReasons).toEqual([]);
    await cluster.advance(1);
    expect(gate.abortReasons).toMatchObject([{ reason: 'shutdown', code: 'SAGA_STEP_ABORTED' }]);
    await cluster.resolve(closed, 1_000);
    expect((await cluster.resolve(second.outcome(sagaId), 1_000)).status).toBe('completed');
    expect(step.calls.map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(await cluster.journalOf(sagaId)).not.toContain('act-failed charge -> compensate');
  });

  it('ends though a step ignores its signal, and what that step returns later changes nothing', async () => {
    const gate = new StepGate();
    const { cluster } = order({ act: [gate.waitsDeaf()] });
    const process = await cluster.startProcess({ shutdownTimeoutMs: 3_000, abortGraceMs: 2_000 });
    const { sagaId } = await process.start();
    await cluster.advance(0);
    await cluster.resolve(process.engine.close(), 5_100);
    const before = await cluster.load(sagaId);
    gate.open();
    await cluster.advance(60_000);
    expect(await cluster.load(sagaId)).toEqual(before);
    expect(before.header).toMatchObject({ status: 'running', owner: undefined });
  });

  it('undoes nothing because a step failed meanwhile: a closed pool may be why', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waits(), answers()] });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    const closed = first.engine.close();
    gate.break(new Error('the pool is closed'));
    await cluster.resolve(closed);
    expect((await cluster.resolve(second.outcome(sagaId))).status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act charge', 'act ship']);
  });

  it('waits for a write whose answer is on its way', async () => {
    const { cluster } = order({});
    const storage = new DelayedStorage(cluster.memory);
    const process = await cluster.startProcess({ storage });
    storage.hold('append');
    const { sagaId } = await process.start();
    await cluster.advance(0);
    let isClosed = false;
    const closed = process.engine.close().then(() => {
      isClosed = true;
    });
    await cluster.advance(5_000);
    expect(isClosed).toBe(false);
    storage.letPass('append');
    await cluster.resolve(closed, 0);
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve', 'released for shutdown']);
  });

  it('ends though the storage is down, and the saga continues once the lease is over', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waits(), answers()] });
    const storage = new FaultyStorage(cluster.memory);
    const [first, second] = [await cluster.startProcess({ storage }), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    storage.inject({ outcome: 'not-written' });
    gate.open();
    const closed = await cluster.resolve(
      first.engine.close().catch((error: unknown) => error),
      30_000,
    );
    expect(closed).toMatchObject({ operation: 'close' });
    expect((await cluster.resolve(second.outcome(sagaId), 60_000)).status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act charge', 'act ship']);
  });

  it.each([
    ['before it is written', 'not-written'],
    ['behind it', 'unknown'],
  ] as const)('whose release is lost %s still leaves the saga to the others', async (_name, outcome) => {
    const gate = new StepGate();
    const { cluster } = order({ act: [gate.waits()] });
    const storage = new FaultyStorage(cluster.memory);
    const [first, second] = [await cluster.startProcess({ storage }), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    storage.inject({ method: 'release', outcome });
    const closed = first.engine.close();
    gate.open();
    await cluster.resolve(closed);
    expect((await cluster.resolve(second.outcome(sagaId), 10_000)).status).toBe('completed');
  });

  it('loses no saga whose start is on its way', async () => {
    const { saga, cluster } = order({});
    const storage = new DelayedStorage(cluster.memory);
    const [first, second] = [await cluster.startProcess({ storage }), await cluster.startProcess()];
    storage.hold('start');
    const starting = first.start();
    await cluster.advance(0);
    const closed = first.engine.close();
    await cluster.advance(100);
    storage.letPass('start');
    const { sagaId } = await cluster.resolve(starting);
    await cluster.resolve(closed);
    expect((await cluster.resolve(second.outcome(sagaId), 60_000)).status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act ship']);
  });

  it('starts no step of a saga whose start is answered while it waits for others, and releases it', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waits(), answers()] });
    const storage = new DelayedStorage(cluster.memory);
    const process = await cluster.startProcess({ storage });
    await process.start();
    await cluster.advance(0);
    storage.hold('start');
    const starting = process.start();
    await cluster.advance(0);
    const closed = process.engine.close();
    await cluster.advance(0);
    storage.letPass('start');
    const { sagaId } = await cluster.resolve(starting, 0);
    await cluster.advance(0);
    expect(saga.calls).toEqual(['act reserve', 'act charge']);
    gate.open();
    await cluster.resolve(closed, 0);
    expect(await cluster.journalOf(sagaId)).toEqual(['released for shutdown']);
  });

  it('removes the row of its worker and leaves no timer behind', async () => {
    const { cluster } = order({});
    const process = await cluster.startProcess();
    await cluster.run(process);
    const [lease] = process.listener.ofWorkerType('lease-acquired');
    await cluster.resolve(process.engine.close());
    await expect(cluster.memory.renewWorker(lease?.worker ?? '', 1_000)).resolves.toBe(false);
    await cluster.advance(60_000);
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it('releases many sagas at once', async () => {
    const gate = new StepGate();
    const { cluster } = order({ act: [gate.waits()] });
    const process = await cluster.startProcess();
    const sagas = await Promise.all(Array.from({ length: 250 }, () => process.start()));
    await cluster.advance(0);
    const closed = process.engine.close();
    gate.open();
    await cluster.resolve(closed);
    const headers = await Promise.all(sagas.map(({ sagaId }) => cluster.memory.find(sagaId)));
    expect(headers.filter((header) => header?.owner !== undefined)).toEqual([]);
  });
});
