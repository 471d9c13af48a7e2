import { hours, sagaSignal, waitFor } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep, StepGate } from '@nest-saga/testing';
import { EngineCluster } from './engine-cluster.js';

const deadlineMs = 1_000;
const paid = sagaSignal('paid');
const pastDeadline = { status: 'failed', failure: { reason: 'deadline' } };

describe('a deadline in PostgreSQL', () => {
  let cluster: EngineCluster;

  beforeEach(async () => {
    cluster = await EngineCluster.create();
  });
  afterEach(() => cluster.close());

  it('ends a wait without an owner in the process that parked it, without a sweep', async () => {
    const saga = scriptedSaga('order', [new ScriptedStep('reserve'), waitFor('payment', [paid])], {
      deadlineMs,
    });
    const process = await cluster.startProcess([saga], { recovery: { intervalMs: hours(1) } });
    const started = await process.start();

    expect(await process.outcome(started)).toMatchObject(pastDeadline);
    const { header, entries } = await cluster.load(started.sagaId);
    const passed = entries.find(({ kind }) => kind === 'deadline-passed');
    expect(passed?.recordedAt.getTime()).toBeGreaterThanOrEqual(header.deadlineAt?.getTime() ?? Infinity);
    expect(await cluster.journalOf(started.sagaId)).toEqual([
      'act-completed reserve',
      'claimed from running',
      'deadline-passed',
      'compensation-decided',
      'compensation-completed reserve',
    ]);
  });

  it('fires the signal of a running act, which is undone', async () => {
    const gate = new StepGate();
    const charge = new ScriptedStep('charge', { act: [gate.waits()] });
    const saga = scriptedSaga('order', [new ScriptedStep('reserve'), charge]);
    const process = await cluster.startProcess([saga]);
    const started = await process.start({}, { deadlineMs });

    expect(await process.outcome(started)).toMatchObject(pastDeadline);
    expect(gate.abortReasons).toMatchObject([{ reason: 'deadline' }]);
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
  });

  it('fails a saga that was still PENDING, and nothing of it runs', async () => {
    const saga = scriptedSaga('order', [new ScriptedStep('reserve')]);
    const asking = await cluster.startProcess([saga], { worker: false });
    const { sagaId } = await asking.enqueue({}, { deadlineMs: 1 });
    const process = await cluster.startProcess([saga]);

    expect(await process.outcome(sagaId)).toMatchObject(pastDeadline);
    expect(saga.calls).toEqual([]);
  });
});
