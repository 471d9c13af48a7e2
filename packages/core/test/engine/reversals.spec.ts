import { hours, SagaStatus } from '@nest-saga/core';
import { when } from '@nest-saga/core/engine';
import {
  answers,
  changes,
  failing,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { ScriptedStage, SimulatedProcess } from '@nest-saga/testing';

const ada = { actor: 'ada', note: 'returned' };

/** A saga that has completed. */
async function completed(stages: readonly ScriptedStage[], context: object = {}) {
  const saga = scriptedSaga('order', stages);
  const cluster = new SimulatedCluster([saga]);
  const process = await cluster.startProcess();
  const started = await process.start(context, { key: 'A-1', tags: ['customer:1'] });
  const { status } = await cluster.resolve(process.outcome(started), 0);
  expect(status).toBe(SagaStatus.Completed);
  const { sagaId } = started;
  const reverse = (by: SimulatedProcess = process) => by.engine.reversals.reverse(sagaId, ada);
  return { saga, cluster, process, sagaId, reverse };
}

describe('the reversal of a saga', () => {
  it('undoes every step of it in reverse order, as an execution of its own that ends FAILED as reversed', async () => {
    const { saga, cluster, process, sagaId, reverse } = await completed([
      new ScriptedStep('reserve', { act: [answers('r-1')] }),
      new ScriptedStep('charge', { act: [changes((context) => (context['paid'] = true), 'c-1')] }),
      new ScriptedStep('ship'),
    ]);
    const before = await cluster.load(sagaId);
    const reversal = await reverse();
    expect(await cluster.resolve(process.outcome(reversal))).toMatchObject({
      status: SagaStatus.Failed,
      failure: { reason: 'reversed', errorName: 'Reversed', message: 'reversed by ada: returned' },
    });
    expect(saga.calls.slice(3)).toEqual(['compensate ship', 'compensate charge', 'compensate reserve']);
    expect(await cluster.load(sagaId)).toEqual(before);
    const { header } = await cluster.load(reversal.sagaId);
    expect(header).toMatchObject({
      reverses: sagaId,
      key: `reverse:${sagaId}`,
      tags: ['customer:1'],
      version: 1,
    });
    expect(await cluster.journalOf(reversal.sagaId)).toEqual([
      'claimed from compensating',
      'compensation-completed ship',
      'compensation-completed charge',
      'compensation-completed reserve',
    ]);
  });

  it('gives each compensation the keys, the response and the last context of the original', async () => {
    const reserve = new ScriptedStep('reserve', { act: [answers('r-1')] });
    const charge = new ScriptedStep('charge', {
      act: [changes((context) => (context['paid'] = true), 'c-1')],
    });
    const { process, cluster, sagaId, reverse } = await completed([reserve, charge], { total: 7 });
    await cluster.resolve(process.outcome(await reverse()));
    const undone = [reserve, charge].map(({ compensateCalls }) => compensateCalls);
    expect(undone).toMatchObject([
      [{ response: 'r-1', outcome: 'completed', context: { total: 7, paid: true } }],
      [{ response: 'c-1', outcome: 'completed', context: { total: 7, paid: true } }],
    ]);
    expect(undone.flat().map((call) => [call.actIdempotencyKey, call.idempotencyKey])).toEqual([
      [reserve.actCalls[0]?.idempotencyKey, `${sagaId}:reserve:compensate`],
      [charge.actCalls[0]?.idempotencyKey, `${sagaId}:charge:compensate`],
    ]);
  });

  it('is one, for all who ask: two operators at once, and again when it has ended', async () => {
    const { saga, cluster, process, reverse } = await completed([new ScriptedStep('reserve')]);
    const other = await cluster.startProcess();
    const [one, two] = await Promise.all([reverse(), reverse(other)]);
    expect(one.sagaId).toBe(two.sagaId);
    await cluster.resolve(process.outcome(one));
    expect((await reverse(other)).sagaId).toBe(one.sagaId);
    expect(saga.calls).toEqual(['act reserve', 'compensate reserve']);
  });

  it('continues in another process if its own dies, which does not count against the first step', async () => {
    const gate = new StepGate();
    const charge = new ScriptedStep('charge', { compensate: [gate.waits(), () => undefined] });
    const { saga, cluster, process, reverse } = await completed([new ScriptedStep('reserve'), charge]);
    const reversal = await reverse();
    await cluster.advance(1_000);
    expect(gate.held).toBe(1);
    process.kill();
    const other = await cluster.startProcess();
    expect(await cluster.resolve(other.outcome(reversal.sagaId))).toMatchObject({
      failure: { reason: 'reversed' },
    });
    expect(saga.calls.slice(2)).toEqual(['compensate charge', 'compensate charge', 'compensate reserve']);
  });

  it('is STUCK if a step cannot be undone, and continues after the retry of an operator', async () => {
    const charge = new ScriptedStep('charge', {
      compensate: [...failing(3, new Error('closed')), () => undefined],
    });
    const { cluster, process, reverse } = await completed([new ScriptedStep('reserve'), charge]);
    const reversal = await reverse();
    expect(await cluster.resolve(process.outcome(reversal), hours(1))).toMatchObject({
      status: SagaStatus.Stuck,
      stuck: { reason: 'compensation-exhausted', step: 'charge' },
    });
    await process.engine.requests.retry(reversal.sagaId, 'ada');
    expect(await cluster.resolve(process.outcome(reversal.sagaId), hours(1))).toMatchObject({
      status: SagaStatus.Failed,
      failure: { reason: 'reversed' },
    });
  });

  it('leaves out the stages that the original skipped', async () => {
    const gift = when<ScriptedStage, never>('gift', () => false, [new ScriptedStep('wrap')]);
    const { saga, cluster, process, reverse } = await completed([
      new ScriptedStep('pack'),
      gift,
      new ScriptedStep('ship'),
    ]);
    await cluster.resolve(process.outcome(await reverse()));
    expect(saga.calls.slice(2)).toEqual(['compensate ship', 'compensate pack']);
  });

  it('of a saga that has nothing to undo ends at once', async () => {
    const gift = when<ScriptedStage, never>('gift', () => false, [new ScriptedStep('wrap')]);
    const { cluster, process, reverse } = await completed([gift]);
    const reversal = await reverse();
    expect((await cluster.resolve(process.outcome(reversal))).status).toBe(SagaStatus.Failed);
    expect(await cluster.journalOf(reversal.sagaId)).toEqual(['claimed from compensating', 'settled']);
  });
});

describe('a reversal is refused', () => {
  it('if the saga runs, has failed, or is a reversal itself', async () => {
    const charge = new ScriptedStep('charge', { act: [throws(new Error('declined'))] });
    const saga = scriptedSaga('order', [charge]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const failed = await process.start();
    await cluster.resolve(process.outcome(failed));
    const { reversals } = process.engine;
    await expect(reversals.reverse(failed.sagaId, ada)).rejects.toMatchObject({
      code: 'SAGA_STATUS_REFUSED',
      status: 'failed',
    });
    const other = await completed([new ScriptedStep('reserve')]);
    const reversal = await other.reverse();
    const again = other.process.engine.reversals.reverse(reversal.sagaId, ada);
    await expect(again).rejects.toMatchObject({ code: 'SAGA_STATUS_REFUSED' });
  });

  it('if the saga has passed its pivot', async () => {
    const { reverse } = await completed([
      new ScriptedStep('reserve'),
      new ScriptedStep('pay', { kind: 'pivot' }),
    ]);
    await expect(reverse()).rejects.toMatchObject({ code: 'SAGA_PAST_PIVOT' });
  });

  it('if no saga has that id, as after a purge', async () => {
    const { process } = await completed([new ScriptedStep('reserve')]);
    const nobody = process.engine.reversals.reverse('01890000-0000-7000-8000-0000000000ff', ada);
    await expect(nobody).rejects.toMatchObject({ code: 'SAGA_NOT_FOUND' });
  });

  it('if its steps are others by now: nothing is stored', async () => {
    const { cluster, sagaId } = await completed([new ScriptedStep('reserve')]);
    const later = await cluster.startProcess({ sagas: [scriptedSaga('order', [new ScriptedStep('book')])] });
    await expect(later.engine.reversals.reverse(sagaId, ada)).rejects.toMatchObject({
      code: 'SAGA_STATUS_REFUSED',
    });
    expect(await cluster.memory.findByKey('order', `reverse:${sagaId}`)).toBeUndefined();
  });
});
