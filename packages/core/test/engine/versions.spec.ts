import { fallback } from '@nest-saga/core';
import type { DeclaredSaga } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';

const steps = (...ids: readonly string[]) => ids.map((id) => new ScriptedStep(id));

/** Ends a process whose saga has completed the first step and runs the second one, and starts a new process. */
async function redeploy(before: readonly string[], after: DeclaredSaga) {
  const [first, second, ...rest] = before;
  const hanging = new ScriptedStep(second ?? '', { act: [new StepGate().waits()] });
  const saga = scriptedSaga('order', [...steps(first ?? ''), hanging, ...steps(...rest)]);
  const cluster = new SimulatedCluster([saga]);
  const earlier = await cluster.startProcess();
  const { sagaId } = await earlier.start();
  await cluster.advance(0);
  earlier.kill();
  const process = await cluster.startProcess({ sagas: [after] });
  return { cluster, process, sagaId, outcome: await cluster.resolve(process.outcome(sagaId)) };
}

describe('two versions of a saga side by side', () => {
  it('end each under its own, and a new one starts under the newest', async () => {
    const gate = new StepGate();
    const first = scriptedSaga('order', [
      new ScriptedStep('reserve', { act: [gate.waits()] }),
      ...steps('ship'),
    ]);
    const second = scriptedSaga('order', steps('check', 'ship'), { version: 2 });
    const cluster = new SimulatedCluster([first]);
    const earlier = await cluster.startProcess();
    const { sagaId } = await earlier.start();
    await cluster.advance(0);
    const process = await cluster.startProcess({ sagas: [second, first] });
    const fresh = await cluster.run(process);
    gate.open();
    await cluster.resolve(process.outcome(sagaId));
    expect(first.calls).toEqual(['act reserve', 'act ship']);
    expect(second.calls).toEqual(['act check', 'act ship']);
    expect(await cluster.memory.find(fresh.sagaId)).toMatchObject({ version: 2 });
  });

  it('leave each other alone: a process that knows only one never touches the other', async () => {
    const first = scriptedSaga('order', steps('reserve'));
    const cluster = new SimulatedCluster([first]);
    const starter = await cluster.startProcess({ worker: false });
    const { sagaId } = await starter.enqueue();
    const before = await cluster.load(sagaId);
    await cluster.startProcess({ sagas: [scriptedSaga('order', steps('reserve'), { version: 2 })] });
    await cluster.advance(600_000);
    expect(JSON.stringify(await cluster.load(sagaId))).toBe(JSON.stringify(before));
  });

  it('hold a key together: the next version attaches to the saga that has it', async () => {
    const cluster = new SimulatedCluster([scriptedSaga('order', steps('reserve'))]);
    const { sagaId } = await cluster.run(await cluster.startProcess(), {}, { key: 'order-1' });
    const second = scriptedSaga('order', steps('check'), { version: 2 });
    const process = await cluster.startProcess({ sagas: [second, scriptedSaga('order', steps('reserve'))] });
    const outcome = await cluster.run(process, {}, { key: 'order-1' });
    expect(outcome).toMatchObject({ sagaId, status: 'completed' });
    expect(second.calls).toEqual([]);
  });
});

describe('a saga that was changed under its version', () => {
  it('continues if its journal is a prefix of the new steps', async () => {
    const after = scriptedSaga('order', steps('reserve', 'charge', 'check', 'ship'));
    const { outcome } = await redeploy(['reserve', 'charge', 'ship'], after);
    expect(outcome.status).toBe('completed');
    expect(after.calls).toEqual(['act charge', 'act check', 'act ship']);
  });

  it('is STUCK with "definition-mismatch" if a step in its journal stands elsewhere, and nothing is run', async () => {
    const after = scriptedSaga('order', steps('check', 'reserve', 'charge'));
    const { outcome } = await redeploy(['reserve', 'charge', 'ship'], after);
    expect(outcome).toMatchObject({ status: 'stuck', stuck: { reason: 'definition-mismatch' } });
    expect(outcome.stuck?.message).toContain('"reserve"');
    expect(after.calls).toEqual([]);
  });

  it('is STUCK as well if it has fewer steps than its journal', async () => {
    const after = scriptedSaga('order', steps('check'));
    const { outcome } = await redeploy(['reserve', 'charge'], after);
    expect(outcome.stuck).toMatchObject({ reason: 'definition-mismatch' });
  });

  it('is STUCK in the middle of its undo too, and continues to undo once the right steps are back', async () => {
    const before = scriptedSaga('order', [
      ...steps('reserve'),
      new ScriptedStep('charge', { compensate: [new StepGate().waits()] }),
      new ScriptedStep('ship', { act: [throws(new Error('no trucks'))] }),
    ]);
    const cluster = new SimulatedCluster([before]);
    const earlier = await cluster.startProcess();
    const { sagaId } = await earlier.start();
    await cluster.advance(0);
    expect(before.calls.at(-1)).toBe('compensate charge');
    earlier.kill();
    const wrong = scriptedSaga('order', steps('reserve', 'pay', 'ship'));
    const process = await cluster.startProcess({ sagas: [wrong] });
    const outcome = await cluster.resolve(process.outcome(sagaId));
    expect(outcome).toMatchObject({ status: 'stuck', stuck: { reason: 'definition-mismatch' } });
    expect(wrong.calls).toEqual([]);

    await cluster.resolve(process.engine.close());
    const right = scriptedSaga('order', steps('reserve', 'charge', 'ship'));
    const next = await cluster.startProcess({ sagas: [right] });
    await next.engine.requests.retry(sagaId, 'ada', 'rolled back');
    expect(await cluster.resolve(next.outcome(sagaId))).toMatchObject({
      status: 'failed',
      failure: { step: 'ship' },
    });
    expect(right.calls).toEqual(['compensate charge', 'compensate reserve']);
  });

  it('continues after the right steps are back and an operator says so', async () => {
    const { cluster, process, sagaId } = await redeploy(
      ['reserve', 'charge'],
      scriptedSaga('order', steps('check')),
    );
    await cluster.resolve(process.engine.close());
    const right = scriptedSaga('order', steps('reserve', 'charge'));
    const next = await cluster.startProcess({ sagas: [right] });
    await next.engine.requests.retry(sagaId, 'ada', 'rolled back');
    expect((await cluster.resolve(next.outcome(sagaId))).status).toBe('completed');
    expect(right.calls).toEqual(['act charge']);
  });

  it('is STUCK if its journal chose an alternative that is no longer there', async () => {
    const gate = new StepGate();
    const before = scriptedSaga('order', [
      fallback(
        new ScriptedStep('card', { act: [throws(new Error('down'))] }),
        new ScriptedStep('invoice', { act: [gate.waits()] }),
      ),
    ]);
    const cluster = new SimulatedCluster([before]);
    const earlier = await cluster.startProcess();
    const { sagaId } = await earlier.start();
    await cluster.advance(0);
    earlier.kill();
    const after = scriptedSaga('order', steps('card'));
    const process = await cluster.startProcess({ sagas: [after] });
    const outcome = await cluster.resolve(process.outcome(sagaId));
    expect(outcome.stuck).toMatchObject({ reason: 'definition-mismatch' });
    expect(after.calls).toEqual([]);
  });
});

describe('a step with a new name', () => {
  it('continues under its aliases, for what is done and for what was under way', async () => {
    const after = scriptedSaga('order', [
      new ScriptedStep('hold-stock', { aliases: ['reserve'] }),
      new ScriptedStep('pay', { aliases: ['charge', 'charge-card'] }),
    ]);
    const { outcome } = await redeploy(['reserve', 'charge'], after);
    expect(outcome.status).toBe('completed');
    expect(after.calls).toEqual(['act pay']);
  });

  it('keeps the idempotency key of its oldest name', async () => {
    const pay = new ScriptedStep('pay', { aliases: ['charge', 'charge-card'] });
    const { sagaId } = await redeploy(
      ['reserve', 'charge'],
      scriptedSaga('order', [...steps('reserve'), pay]),
    );
    expect(pay.calls).toMatchObject([{ step: 'pay', idempotencyKey: `${sagaId}:charge:act` }]);
  });

  it('is undone under its new name, though its act is in the journal under the old one', async () => {
    const reserve = new ScriptedStep('hold-stock', { aliases: ['reserve'] });
    const after = scriptedSaga('order', [
      reserve,
      new ScriptedStep('charge', { act: [throws(new Error('declined'))] }),
    ]);
    const { outcome, sagaId } = await redeploy(['reserve', 'charge'], after);
    expect(outcome.status).toBe('failed');
    expect(reserve.compensateCalls).toMatchObject([{ idempotencyKey: `${sagaId}:reserve:compensate` }]);
  });
});
