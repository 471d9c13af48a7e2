import { StepAbortedError, StepTimedOutError } from '@nest-saga/core';
import { answers, scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

const declined = new Error('the card was declined');

function hanging(options: ScriptedStepOptions) {
  const step = new ScriptedStep('charge', options);
  const saga = scriptedSaga('order', [new ScriptedStep('reserve'), step, new ScriptedStep('ship')]);
  return { step, saga, cluster: new SimulatedCluster([saga]) };
}

describe('an act that takes longer than its timeout', () => {
  it('fails the saga with a StepTimedOutError, and its signal says why', async () => {
    const gate = new StepGate();
    const { saga, cluster } = hanging({ act: [gate.waits()], timeoutMs: 1_000 });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { step: 'charge', code: 'SAGA_STEP_TIMED_OUT' },
    });
    expect(outcome.cause).toBeInstanceOf(StepTimedOutError);
    expect(gate.abortReasons).toMatchObject([
      { reason: 'timeout', step: 'charge', code: 'SAGA_STEP_ABORTED' },
    ]);
    expect(gate.abortReasons[0]).toBeInstanceOf(StepAbortedError);
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
  });

  it('is recorded as timed out, at the moment of the timeout', async () => {
    const { cluster } = hanging({ act: [new StepGate().waits()], timeoutMs: 1_000 });
    const { sagaId } = await cluster.run(await cluster.startProcess());
    const failed = (await cluster.load(sagaId)).entries[1];
    expect(failed).toMatchObject({ kind: 'act-failed', outcome: 'unknown' });
    const durationMs =
      failed !== undefined && 'startedAt' in failed
        ? failed.finishedAt.getTime() - failed.startedAt.getTime()
        : undefined;
    expect(durationMs).toBe(1_000);
  });

  it('does not block the saga if it ignores its signal, and its late result is discarded', async () => {
    const gate = new StepGate();
    const { step, saga, cluster } = hanging({ act: [gate.waitsDeaf()], timeoutMs: 1_000 });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome.status).toBe('failed');
    const before = await cluster.load(outcome.sagaId);
    gate.open({ chargeId: 'late' });
    await cluster.advance(60_000);
    expect(await cluster.load(outcome.sagaId)).toEqual(before);
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
    expect(step.compensateCalls).toHaveLength(1);
  });

  it('does not change any context any more', async () => {
    const gate = new StepGate();
    const spoils = gate.waitsDeaf();
    const { saga, cluster } = hanging({
      act: [
        async (context, run) => {
          await spoils(context, run);
          context['late'] = true;
        },
        answers(),
      ],
      timeoutMs: 1_000,
      retry: { maximumAttempts: 2 },
    });
    const process = await cluster.startProcess();
    const ship = saga.steps[2] as ScriptedStep;
    ship.rescript({ act: [() => gate.open(), answers()] });
    const outcome = await cluster.run(process);
    expect(outcome).toMatchObject({ status: 'completed', context: {} });
  });

  it('is tried again by the retry policy, with a timeout of its own for each attempt', async () => {
    const gate = new StepGate();
    const { step, cluster } = hanging({
      act: [gate.waits(), gate.waits(), answers()],
      timeoutMs: 1_000,
      retry: { maximumAttempts: 3 },
    });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome.status).toBe('completed');
    expect(step.actCalls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  it('is undone first with compensateOn "attempted", with the outcome of a timeout', async () => {
    const { step, saga, cluster } = hanging({
      act: [new StepGate().waitsDeaf()],
      timeoutMs: 1_000,
      compensateOn: 'attempted',
    });
    await cluster.run(await cluster.startProcess());
    expect(saga.calls.slice(2)).toEqual(['compensate charge', 'compensate reserve']);
    expect(step.compensateCalls).toMatchObject([{ outcome: 'unknown', response: undefined }]);
  });

  it('takes nothing from the other sagas of its process', async () => {
    const gate = new StepGate();
    const { cluster } = hanging({ act: [gate.waitsDeaf(), answers()] });
    const process = await cluster.startProcess();
    await process.start();
    await cluster.advance(0);
    expect((await cluster.run(process)).status).toBe('completed');
  });
});

describe('an act that ends within its timeout', () => {
  it('completes, and leaves no timer behind', async () => {
    const { cluster } = hanging({ timeoutMs: 60_000 });
    const process = await cluster.startProcess();
    await cluster.advance(0);
    const before = cluster.clock.pendingTimers;
    const started = await process.start();
    const outcome = await process.outcome(started);
    expect(outcome.status).toBe('completed');
    expect(cluster.clock.pendingTimers).toBe(before);
  });
});

describe('a compensation that takes longer than its timeout', () => {
  it('is recorded as timed out and tried again by the compensation policy', async () => {
    const gate = new StepGate();
    const { saga, cluster } = hanging({});
    const [, charge, ship] = saga.steps as ScriptedStep[];
    charge?.rescript({ compensate: [gate.waits(), answers()] });
    ship?.rescript({ act: [throws(declined)] });
    const process = await cluster.startProcess({ policies: { timeoutMs: 1_000 } });
    const { sagaId, status } = await cluster.run(process);
    expect(status).toBe('failed');
    expect((await cluster.load(sagaId)).entries[3]).toMatchObject({
      kind: 'compensation-failed',
      outcome: 'timed-out',
      next: 'retry',
    });
    expect(gate.abortReasons).toMatchObject([{ reason: 'timeout' }]);
  });

  it('does not block the undo if it ignores its signal, and its late result changes nothing', async () => {
    const gate = new StepGate();
    const late = gate.waitsDeaf();
    const { saga, cluster } = hanging({
      compensate: [
        async (context, run) => {
          await late(context, run);
          context['late'] = true;
          run.emit('too late');
        },
        answers(),
      ],
      timeoutMs: 1_000,
    });
    const [reserve, , ship] = saga.steps as ScriptedStep[];
    ship?.rescript({ act: [throws(declined)] });
    reserve?.rescript({ compensate: [() => gate.open()] });
    const process = await cluster.startProcess();
    const { sagaId, status, context } = await cluster.run(process);
    expect({ status, context }).toEqual({ status: 'failed', context: {} });
    const before = await cluster.load(sagaId);
    await cluster.advance(60_000);
    expect(await cluster.load(sagaId)).toEqual(before);
    expect(saga.calls.slice(3)).toEqual(['compensate charge', 'compensate charge #2', 'compensate reserve']);
    expect(process.listener.emitted(sagaId)).toEqual([]);
  });

  it('is STUCK if it hangs each time, and its late result undoes nothing', async () => {
    const gate = new StepGate();
    const { saga, cluster } = hanging({ compensate: [gate.waitsDeaf()], timeoutMs: 1_000 });
    (saga.steps[2] as ScriptedStep).rescript({ act: [throws(declined)] });
    const { sagaId, status } = await cluster.run(await cluster.startProcess());
    expect(status).toBe('stuck');
    const before = await cluster.load(sagaId);
    expect(gate.held).toBe(3);
    gate.open();
    await cluster.advance(60_000);
    expect(await cluster.load(sagaId)).toEqual(before);
  });

  it('can have a timeout of its own', async () => {
    const gate = new StepGate();
    const step = new ScriptedStep('charge', {
      compensate: [gate.waits()],
      timeoutMs: 1_000,
      compensation: { timeoutMs: 50, maximumAttempts: 1 },
    });
    const cluster = new SimulatedCluster([
      scriptedSaga('order', [step, new ScriptedStep('ship', { act: [throws(declined)] })]),
    ]);
    const started = await (await cluster.startProcess()).start();
    await cluster.advance(60);
    expect(await cluster.memory.find(started.sagaId)).toMatchObject({
      status: 'stuck',
      stuck: { code: 'SAGA_STEP_TIMED_OUT' },
    });
  });
});
