import { fallback, SagaFailedError, SagaNotFoundError, SagaStatusError } from '@nest-saga/core';
import { toOutcomeError } from '@nest-saga/core/engine';
import { answers, scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

const reason = 'the customer called';

function order(charge: ScriptedStepOptions = {}, reserve: ScriptedStepOptions = {}) {
  const step = new ScriptedStep('charge', charge);
  const saga = scriptedSaga('order', [new ScriptedStep('reserve', reserve), step, new ScriptedStep('ship')]);
  return { step, saga, cluster: new SimulatedCluster([saga]) };
}

describe('a cancel', () => {
  it('fires the signal of the running step, and undoes what was done', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waits()] });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    await process.engine.requests.cancel(started.sagaId, reason, 'ada');
    const outcome = await cluster.resolve(process.outcome(started));
    expect(gate.abortReasons).toMatchObject([{ reason: 'cancelled', step: 'charge' }]);
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { reason: 'cancelled', message: reason },
      cause: { name: 'Cancelled', message: reason },
    });
    expect(toOutcomeError(outcome)).toBeInstanceOf(SagaFailedError);
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
    expect((await cluster.load(started.sagaId)).entries[1]).toMatchObject({
      kind: 'cancel-requested',
      reason,
      actor: 'ada',
    });
  });

  it('from another process reaches the owner, at the latest with its next look at the journal', async () => {
    const gate = new StepGate();
    const { cluster } = order({ act: [gate.waits()] });
    const [owner, other] = [await cluster.startProcess(), await cluster.startProcess()];
    const started = await owner.start();
    await cluster.advance(0);
    await other.engine.requests.cancel(started.sagaId, reason);
    const outcome = await cluster.resolve(other.outcome(started.sagaId), 5_000);
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    expect(gate.abortReasons).toMatchObject([{ reason: 'cancelled' }]);
  });

  it('undoes the step that completes in spite of it as well', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waitsDeaf()] });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    await process.engine.requests.cancel(started.sagaId, reason);
    gate.open({ chargeId: 'c-1' });
    const outcome = await cluster.resolve(process.outcome(started));
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
  });

  it('gives up a step that does not listen after the grace period', async () => {
    const gate = new StepGate();
    const { step, saga, cluster } = order({ act: [gate.waitsDeaf()], compensateOn: 'attempted' });
    const process = await cluster.startProcess({ abortGraceMs: 2_000 });
    const started = await process.start();
    await cluster.advance(0);
    await process.engine.requests.cancel(started.sagaId, reason);
    await cluster.advance(1_999);
    expect(saga.calls).toEqual(['act reserve', 'act charge']);
    const outcome = await cluster.resolve(process.outcome(started), 1_000);
    expect(outcome.status).toBe('failed');
    expect(step.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('starts no further attempt of the step, whatever its retry policy', async () => {
    const gate = new StepGate();
    const { step, cluster } = order({ act: [gate.waits()], retry: { maximumAttempts: 10 } });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    await process.engine.requests.cancel(started.sagaId, reason);
    await cluster.resolve(process.outcome(started));
    expect(step.actCalls).toHaveLength(1);
  });

  it('undoes the step that it gave up with compensateOn "attempted", though attempts are left', async () => {
    const gate = new StepGate();
    const { step, saga, cluster } = order({
      act: [gate.waits()],
      compensateOn: 'attempted',
      retry: { maximumAttempts: 10 },
    });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    await process.engine.requests.cancel(started.sagaId, reason);
    await cluster.resolve(process.outcome(started));
    expect(saga.calls.slice(2)).toEqual(['compensate charge', 'compensate reserve']);
    expect(step.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('does not lead to the alternative of a fallback', async () => {
    const gate = new StepGate();
    const saga = scriptedSaga('order', [
      fallback(new ScriptedStep('card', { act: [gate.waits()] }), new ScriptedStep('invoice')),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    await process.engine.requests.cancel(started.sagaId, reason);
    const outcome = await cluster.resolve(process.outcome(started));
    expect(outcome.failure).toMatchObject({ reason: 'cancelled' });
    expect(await cluster.journalOf(started.sagaId)).toEqual([
      'cancel-requested',
      'act-failed card -> compensate',
      'compensation-completed card',
    ]);
  });

  it('ends a queued saga that no worker has begun, with nothing to undo', async () => {
    const { saga, cluster } = order();
    const starter = await cluster.startProcess({ worker: false });
    const { sagaId } = await starter.enqueue();
    await starter.engine.requests.cancel(sagaId, reason);
    const worker = await cluster.startProcess();
    const outcome = await cluster.resolve(worker.outcome(sagaId));
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    expect(saga.calls).toEqual([]);
  });

  it('is in the journal when it resolves, so that a crash does not lose it', async () => {
    const { saga, cluster } = order({ act: [new StepGate().waitsDeaf()] });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    await second.engine.requests.cancel(sagaId, reason);
    first.kill();
    const outcome = await cluster.resolve(second.outcome(sagaId));
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
  });

  it('changes nothing if the saga is being undone already', async () => {
    const gate = new StepGate();
    const { cluster } = order({ act: [throws(new Error('declined'))] }, { compensate: [gate.waits()] });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    const before = await cluster.load(started.sagaId);
    await process.engine.requests.cancel(started.sagaId, reason);
    expect(await cluster.load(started.sagaId)).toEqual(before);
    gate.open();
    const outcome = await cluster.resolve(process.outcome(started));
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { reason: 'step-failed', message: 'declined' },
    });
    expect(gate.abortReasons).toEqual([]);
  });

  it('asked for twice is one', async () => {
    const gate = new StepGate();
    const { cluster } = order({ act: [gate.waitsDeaf()] });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    await process.engine.requests.cancel(started.sagaId, reason);
    await process.engine.requests.cancel(started.sagaId, 'once more');
    gate.open();
    const outcome = await cluster.resolve(process.outcome(started));
    expect(outcome.failure?.message).toBe(reason);
    const journal = await cluster.journalOf(started.sagaId);
    expect(journal.filter((entry) => entry === 'cancel-requested')).toHaveLength(1);
  });

  it.each([
    ['completed', {}],
    ['failed', { act: [throws(new Error('declined'))] }],
  ])('is refused with the status of a saga that is %s', async (status, charge) => {
    const { cluster } = order(charge);
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process);
    const before = await cluster.load(sagaId);
    const refused: unknown = await process.engine.requests
      .cancel(sagaId, reason)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SagaStatusError);
    expect(refused).toMatchObject({ code: 'SAGA_STATUS_REFUSED', status, request: 'cancel' });
    expect(await cluster.load(sagaId)).toEqual(before);
  });

  it('of a saga that does not exist is refused', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess();
    await expect(process.engine.requests.cancel(process.ids.nextId(), reason)).rejects.toBeInstanceOf(
      SagaNotFoundError,
    );
  });

  it('changes nothing of a saga that is stuck in its undo', async () => {
    const { saga, cluster } = order(
      { act: [throws(new Error('declined'))] },
      { compensate: [throws(new Error('down'))] },
    );
    const process = await cluster.startProcess();
    const { sagaId, status } = await cluster.run(process);
    expect(status).toBe('stuck');
    const before = await cluster.load(sagaId);
    const calls = saga.calls.length;
    await process.engine.requests.cancel(sagaId, reason);
    await cluster.advance(60_000);
    expect(await cluster.load(sagaId)).toEqual(before);
    expect(saga.calls).toHaveLength(calls);
  });

  it('turns a saga around that is stuck on its way forward', async () => {
    const { saga, cluster } = order({ act: [new StepGate().waits()] });
    const { sagaId } = await crashUntilStuck(cluster);
    const process = await cluster.startProcess();
    await process.engine.requests.cancel(sagaId, reason);
    const outcome = await cluster.resolve(process.outcome(sagaId));
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    expect(saga.calls.at(-1)).toBe('compensate reserve');
  });

  it('loses against a last step that completes at the same moment, or undoes it: never both', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order();
    const ship = saga.steps[2] as ScriptedStep;
    ship.rescript({ act: [gate.waitsDeaf()] });
    const [owner, other] = [await cluster.startProcess(), await cluster.startProcess()];
    const started = await owner.start();
    await cluster.advance(0);
    gate.open();
    const cancelled = other.engine.requests.cancel(started.sagaId, reason).then(
      () => 'accepted',
      () => 'refused',
    );
    const outcome = await cluster.resolve(owner.outcome(started));
    expect([await cancelled, outcome.status]).toEqual(
      outcome.status === 'completed' ? ['refused', 'completed'] : ['accepted', 'failed'],
    );
    expect(saga.calls.filter((call) => call.startsWith('compensate'))).toHaveLength(
      outcome.status === 'completed' ? 0 : 3,
    );
  });
});

/** Starts a saga whose second step ends its process each time, until it is STUCK. */
async function crashUntilStuck(cluster: SimulatedCluster): Promise<{ readonly sagaId: string }> {
  let process = await cluster.startProcess();
  const { sagaId } = await process.start();
  for (;;) {
    await cluster.advance(0);
    if ((await cluster.memory.find(sagaId))?.status === 'stuck') break;
    process.kill();
    process = await cluster.startProcess();
    await cluster.advance(60_000);
  }
  await cluster.resolve(process.engine.close());
  return { sagaId };
}

describe('an unstoppable step', () => {
  it('of one saga does not keep another one from being cancelled', async () => {
    const gate = new StepGate();
    const { cluster } = order({ act: [gate.waitsDeaf(), gate.waits(), answers()] });
    const process = await cluster.startProcess({ abortGraceMs: 600_000 });
    const [deaf, listening] = [await process.start(), await process.start()];
    await cluster.advance(0);
    await process.engine.requests.cancel(deaf.sagaId, reason);
    await process.engine.requests.cancel(listening.sagaId, reason);
    expect((await cluster.resolve(process.outcome(listening), 1_000)).status).toBe('failed');
  });
});
