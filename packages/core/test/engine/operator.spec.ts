import { fallback, InvalidArgumentError, SagaStatusError } from '@nest-saga/core';
import {
  answers,
  DelayedStorage,
  failing,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { SimulatedProcess } from '@nest-saga/testing';
import { declined, down, stuckAt, stuckForward, stuckUndo } from './stuck-orders.js';

const ended = (process: SimulatedProcess, sagaId: string) => async () => process.outcome(sagaId);

describe("an operator's retry", () => {
  it('continues with the compensation that failed, with fresh attempts, and ends FAILED', async () => {
    const { step, cluster, process, sagaId, callsSince } = await stuckUndo();
    step.rescript({ compensate: [...failing(2, down), answers()] });
    await process.engine.requests.retry(sagaId, 'ada', 'the stock service is back');
    const outcome = await cluster.resolve(ended(process, sagaId)());
    expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'ship' }, stuck: undefined });
    expect(callsSince()).toEqual([
      'compensate charge #4',
      'compensate charge #5',
      'compensate charge #6',
      'compensate reserve',
    ]);
  });

  it('is in the journal with who asked for it and why', async () => {
    const { cluster, process, sagaId } = await stuckUndo();
    await process.engine.requests.retry(sagaId, 'ada', 'the stock service is back');
    const { entries } = await cluster.load(sagaId);
    expect(entries.filter(({ kind }) => kind === 'retry-requested')).toMatchObject([
      { actor: 'ada', note: 'the stock service is back', worker: undefined },
    ]);
  });

  it('that does not help makes it STUCK again, after as many attempts as before', async () => {
    const { cluster, process, sagaId, callsSince } = await stuckUndo();
    await process.engine.requests.retry(sagaId, 'ada');
    expect((await cluster.resolve(ended(process, sagaId)())).status).toBe('stuck');
    expect(callsSince()).toHaveLength(3);
  });

  it('continues forward if it got stuck forward', async () => {
    const { step, cluster, process, sagaId, callsSince } = await stuckForward();
    step.rescript({ act: [answers()] });
    await process.engine.requests.retry(sagaId, 'ada');
    expect((await cluster.resolve(ended(process, sagaId)())).status).toBe('completed');
    expect(callsSince()).toEqual(['act charge', 'act ship']);
  });

  it('repeats only abandoned compensations if the others were undone already', async () => {
    const { step, cluster, process, sagaId, callsSince } = await stuckUndo({
      compensation: { onExhausted: 'continue', maximumAttempts: 1 },
    });
    step.rescript({ compensate: [answers()] });
    await process.engine.requests.retry(sagaId, 'ada');
    expect((await cluster.resolve(ended(process, sagaId)())).status).toBe('failed');
    expect(callsSince()).toEqual(['compensate charge #2']);
  });

  it('is run by any process that claims it', async () => {
    const { step, cluster, process, sagaId } = await stuckUndo();
    step.rescript({ compensate: [answers()] });
    const other = await cluster.startProcess({ worker: false });
    await other.engine.requests.retry(sagaId, 'ada');
    expect((await cluster.resolve(other.outcome(sagaId))).status).toBe('failed');
    expect(process.listener.typesOf(sagaId)).toContain('claimed');
  });

  it('of a saga that is not stuck is refused with its status', async () => {
    const saga = scriptedSaga('order', [new ScriptedStep('reserve')]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process);
    const refused: unknown = await process.engine.requests
      .retry(sagaId, 'ada')
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SagaStatusError);
    expect(refused).toMatchObject({ status: 'completed', request: 'retry' });
  });

  it('asked for by two people at the same moment happens once, and the other one learns that', async () => {
    const { step, cluster, process, sagaId } = await stuckUndo();
    step.rescript({ compensate: [answers()] });
    const results = await cluster.resolve(
      Promise.allSettled([
        process.engine.requests.retry(sagaId, 'ada'),
        process.engine.requests.retry(sagaId, 'grace'),
      ]),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await cluster.resolve(ended(process, sagaId)());
    const { entries } = await cluster.load(sagaId);
    expect(entries.filter(({ kind }) => kind === 'retry-requested')).toHaveLength(1);
  });

  it('does not count as a recovery from a crash, towards the next "recovery-exhausted"', async () => {
    const { step, cluster, process, sagaId } = await stuckForward();
    step.rescript({ act: [answers()] });
    await process.engine.requests.retry(sagaId, 'ada');
    await cluster.resolve(ended(process, sagaId)());
    expect(process.listener.ofType('claimed').at(-1)).toMatchObject({ isRecovery: false, recoveries: 0 });
  });
});

describe("an operator's word that a step was done by hand", () => {
  it('continues after the compensation that was stuck', async () => {
    const { cluster, process, sagaId, callsSince } = await stuckUndo();
    await process.engine.requests.resolveStep(sagaId, 'charge', 'ada', 'refunded at the bank');
    expect((await cluster.resolve(ended(process, sagaId)())).status).toBe('failed');
    expect(callsSince()).toEqual(['compensate reserve']);
    expect((await cluster.load(sagaId)).entries.filter(({ kind }) => kind === 'step-resolved')).toMatchObject(
      [{ step: 'charge', actor: 'ada', note: 'refunded at the bank' }],
    );
  });

  it('continues after the act that was stuck, and undoes it later as if it had run', async () => {
    const { step, saga, cluster, process, sagaId, callsSince } = await stuckForward();
    (saga.steps[2] as ScriptedStep).rescript({ act: [throws(declined)] });
    await process.engine.requests.resolveStep(sagaId, 'charge', 'ada', 'charged by phone');
    expect((await cluster.resolve(ended(process, sagaId)())).status).toBe('failed');
    expect(callsSince()).toEqual(['act ship', 'compensate charge', 'compensate reserve']);
    expect(step.compensateCalls).toMatchObject([{ outcome: 'completed', response: undefined }]);
  });

  it('completes a saga whose last step was stuck', async () => {
    const { cluster, process, sagaId, callsSince } = await stuckForward(['reserve', 'charge']);
    await process.engine.requests.resolveStep(sagaId, 'charge', 'ada', 'charged by phone');
    expect((await cluster.resolve(ended(process, sagaId)())).status).toBe('completed');
    expect(callsSince()).toEqual([]);
  });

  it('counts for the alternative of a fallback, which is undone then, and not the primary', async () => {
    const [card, invoice] = [
      new ScriptedStep('card', { act: [throws(declined)] }),
      new ScriptedStep('invoice', { act: [new StepGate().waits()] }),
    ];
    const saga = scriptedSaga(
      'order',
      [fallback(card, invoice), new ScriptedStep('ship', { act: [throws(declined)] })],
      { maximumRecoveryAttempts: 0 },
    );
    const { cluster, process, sagaId } = await stuckAt(saga, 'invoice');
    await expect(
      process.engine.requests.resolveStep(sagaId, 'card', 'ada', 'charged by phone'),
    ).rejects.toBeInstanceOf(InvalidArgumentError);
    await process.engine.requests.resolveStep(sagaId, 'invoice', 'ada', 'sent by post');
    expect((await cluster.resolve(ended(process, sagaId)())).status).toBe('failed');
    expect(saga.calls.slice(2)).toEqual(['act ship', 'compensate invoice']);
    expect(invoice.compensateCalls).toMatchObject([{ outcome: 'completed', response: undefined }]);
  });

  it('is refused if the owner continued at the same moment: the request comes too late', async () => {
    const { step, cluster, process, sagaId, callsSince } = await stuckUndo();
    step.rescript({ compensate: [answers()] });
    const storage = new DelayedStorage(cluster.memory);
    const operator = await cluster.startProcess({ worker: false, storage });
    storage.hold('append', 'call');
    const word = operator.engine.requests.resolveStep(sagaId, 'charge', 'ada', 'refunded at the bank');
    await cluster.advance(0);
    expect(storage.waitingCalls).toEqual(['append']);
    await process.engine.requests.retry(sagaId, 'grace');
    await cluster.resolve(ended(process, sagaId)());
    storage.letPass('append');
    await expect(word).rejects.toMatchObject({ status: 'failed', request: 'resolveStep' });
    expect(callsSince()).toEqual(['compensate charge #4', 'compensate reserve']);
    expect((await cluster.load(sagaId)).entries.some(({ kind }) => kind === 'step-resolved')).toBe(false);
  });

  it('counts if it comes first: the owner that continues does not undo that step', async () => {
    const { cluster, process, sagaId, callsSince } = await stuckUndo();
    const words = await cluster.resolve(
      Promise.allSettled([
        process.engine.requests.resolveStep(sagaId, 'charge', 'ada', 'refunded at the bank'),
        process.engine.requests.retry(sagaId, 'grace'),
      ]),
    );
    expect(words.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await cluster.resolve(ended(process, sagaId)())).status).toBe('failed');
    expect(callsSince()).toEqual(['compensate reserve']);
  });

  it('ends a saga if nothing else is left to undo', async () => {
    const { cluster, process, sagaId, callsSince } = await stuckUndo({
      compensation: { onExhausted: 'continue', maximumAttempts: 1 },
    });
    await process.engine.requests.resolveStep(sagaId, 'charge', 'ada', 'refunded at the bank');
    expect((await cluster.resolve(ended(process, sagaId)())).status).toBe('failed');
    expect(callsSince()).toEqual([]);
  });

  it('may name a step that waits after the stuck one', async () => {
    const { step, cluster, process, sagaId, callsSince } = await stuckUndo();
    step.rescript({ compensate: [answers()] });
    await process.engine.requests.resolveStep(sagaId, 'reserve', 'ada', 'put back by hand');
    expect((await cluster.resolve(ended(process, sagaId)())).status).toBe('failed');
    expect(callsSince()).toEqual(['compensate charge #4']);
  });

  it.each(['ship', 'pack', 'no-such-step'])(
    'is refused for "%s", at which the saga is not stuck',
    async (name) => {
      const { cluster, process, sagaId } = await stuckUndo();
      const before = await cluster.load(sagaId);
      const refused = process.engine.requests.resolveStep(sagaId, name, 'ada', 'done');
      await expect(refused).rejects.toBeInstanceOf(InvalidArgumentError);
      expect(await cluster.load(sagaId)).toEqual(before);
    },
  );

  it('is refused for a saga that is not stuck', async () => {
    const cluster = new SimulatedCluster([scriptedSaga('order', [new ScriptedStep('reserve')])]);
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process);
    await expect(
      process.engine.requests.resolveStep(sagaId, 'reserve', 'ada', 'done'),
    ).rejects.toBeInstanceOf(SagaStatusError);
  });
});
