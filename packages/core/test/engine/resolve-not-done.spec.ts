import { fallback, InDoubtError, InvalidArgumentError, SagaStatusError } from '@nest-saga/core';
import type { StepResolution } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';
import { down, stuckAt, stuckForward, stuckUndo } from './stuck-orders.js';

describe("an operator's word that an act is not done", () => {
  it('undoes the saga without that step', async () => {
    const { step, cluster, process, sagaId, callsSince } = await stuckForward();
    await process.engine.requests.resolveStep(sagaId, 'charge', 'ada', 'no such charge', 'not-done');
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({
      status: 'failed',
      failure: { reason: 'step-failed', step: 'charge', message: 'no such charge' },
    });
    expect(callsSince()).toEqual(['compensate reserve']);
    expect(step.compensateCalls).toEqual([]);
    expect((await cluster.load(sagaId)).entries.filter(({ kind }) => kind === 'step-resolved')).toMatchObject(
      [{ step: 'charge', actor: 'ada', note: 'no such charge', outcome: 'not-done' }],
    );
  });

  it('is published once by the process that claims the saga, as the reason for its undo', async () => {
    const { cluster, process, sagaId } = await stuckForward();
    await process.engine.requests.resolveStep(sagaId, 'charge', 'ada', 'no such charge', 'not-done');
    await cluster.resolve(process.outcome(sagaId));
    expect(process.listener.typesOf(sagaId).slice(-4)).toEqual(['claimed', 'compensating', 'step', 'failed']);
    expect(process.listener.ofType('compensating')).toMatchObject([
      { failure: { step: 'charge', message: 'no such charge' } },
    ]);
  });

  it('ends a saga of which nothing else was done', async () => {
    const { cluster, process, sagaId, callsSince } = await stuckForward(['charge', 'ship']);
    await process.engine.requests.resolveStep(sagaId, 'charge', 'ada', 'no such charge', 'not-done');
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('failed');
    expect(callsSince()).toEqual([]);
  });

  it('settles the doubt, for any process that claims the saga after it', async () => {
    const { step, cluster, process, sagaId } = await stuckForward();
    const operator = await cluster.startProcess({ worker: false });
    process.kill();
    await operator.engine.requests.resolveStep(sagaId, 'charge', 'ada', 'no such charge', 'not-done');
    const heir = await cluster.startProcess();
    expect((await cluster.resolve(heir.outcome(sagaId))).status).toBe('failed');
    expect(step.compensateCalls).toEqual([]);
  });

  it('takes no alternative in place of a primary: the saga is undone', async () => {
    const saga = scriptedSaga(
      'order',
      [fallback(new ScriptedStep('card', { act: [new StepGate().waits()] }), new ScriptedStep('invoice'))],
      { maximumRecoveryAttempts: 0 },
    );
    const { cluster, process, sagaId } = await stuckAt(saga, 'card');
    await process.engine.requests.resolveStep(sagaId, 'card', 'ada', 'no such charge', 'not-done');
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('failed');
    expect(saga.calls).toEqual(['act card']);
  });

  it('that is asked for at the moment of a retry comes too late, and changes nothing', async () => {
    const { cluster, process, sagaId } = await stuckForward();
    const words = await cluster.resolve(
      Promise.allSettled([
        process.engine.requests.retry(sagaId, 'grace'),
        process.engine.requests.resolveStep(sagaId, 'charge', 'ada', 'no such charge', 'not-done'),
      ]),
    );
    expect(words.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await cluster.load(sagaId)).entries.some(({ kind }) => kind === 'step-resolved')).toBe(false);
  });

  it('is refused for a saga that is being undone, because there it would say nothing', async () => {
    const { cluster, process, sagaId } = await stuckUndo();
    const before = await cluster.load(sagaId);
    const refused: unknown = await process.engine.requests
      .resolveStep(sagaId, 'charge', 'ada', 'not refunded', 'not-done')
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SagaStatusError);
    expect(refused).toMatchObject({ status: 'stuck', request: 'resolveStep' });
    expect(await cluster.load(sagaId)).toEqual(before);
  });

  it('is refused for a primary that is undone before its alternative', async () => {
    const card = new ScriptedStep('card', {
      act: [throws(new InDoubtError('504'))],
      compensate: [throws(down)],
      compensation: { maximumAttempts: 1 },
    });
    const saga = scriptedSaga('order', [fallback(card, new ScriptedStep('invoice'))]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const { sagaId, status } = await cluster.run(process);
    expect(status).toBe('stuck');
    await expect(
      process.engine.requests.resolveStep(sagaId, 'card', 'ada', 'not refunded', 'not-done'),
    ).rejects.toBeInstanceOf(SagaStatusError);
  });

  it.each(['ship', 'reserve', 'no-such-step'])(
    'is refused for "%s", at which the saga is not stuck',
    async (name) => {
      const { process, sagaId } = await stuckForward();
      await expect(
        process.engine.requests.resolveStep(sagaId, name, 'ada', 'no such thing', 'not-done'),
      ).rejects.toBeInstanceOf(InvalidArgumentError);
    },
  );
});

describe('an outcome that is neither "done" nor "not-done"', () => {
  it.each([null, '', 'Done', 'undone', true, {}])('is refused: %p', async (outcome) => {
    const { cluster, process, sagaId } = await stuckForward();
    const before = await cluster.load(sagaId);
    const refused: unknown = await process.engine.requests
      .resolveStep(sagaId, 'charge', 'ada', 'note', outcome as StepResolution)
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'SAGA_INVALID_ARGUMENT', argument: 'outcome' });
    expect(await cluster.load(sagaId)).toEqual(before);
  });
});
