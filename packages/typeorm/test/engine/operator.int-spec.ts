import { InvalidArgumentError, SagaStatusError } from '@nest-saga/core';
import { answers, scriptedSaga, ScriptedStep, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedSaga, ScriptedStepOptions } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';

const down = new Error('the stock service is down');
const declined = new Error('the card was declined');
const atOnce = { initialIntervalMs: 0, jitter: 0 };

describe('an operator in a process that runs nothing', () => {
  let cluster: EngineCluster;

  beforeAll(async () => {
    cluster = await EngineCluster.create();
  });
  afterAll(() => cluster.close());

  /** The process of the operator, and one that runs the resumed sagas. */
  const startBoth = async (saga: ScriptedSaga) => {
    const heir = await cluster.startProcess([saga]);
    const operator = await cluster.startProcess([saga], { worker: false });
    const before = saga.calls.length;
    return { heir, operator, requests: operator.engine.requests, callsSince: () => saga.calls.slice(before) };
  };

  /** A saga that is STUCK in the undo of `charge`, and whose process is gone. */
  const stuckBackward = async (name: string, charge: ScriptedStepOptions = {}) => {
    const compensation = { ...atOnce, maximumAttempts: 2 };
    const step = new ScriptedStep('charge', { compensate: [throws(down)], compensation, ...charge });
    const ship = new ScriptedStep('ship', { act: [throws(declined)] });
    const saga = scriptedSaga(name, [new ScriptedStep('reserve'), step, ship]);
    const first = await cluster.startProcess([saga]);
    const { sagaId } = await first.start();
    expect((await first.outcome(sagaId)).stuck).toMatchObject({ reason: 'compensation-exhausted' });
    await cluster.crash(first);
    return { ...(await startBoth(saga)), step, sagaId };
  };

  /** A saga that is STUCK on its way forward, because `charge` ended its process. */
  const stuckForward = async (name: string) => {
    const gate = new StepGate();
    const step = new ScriptedStep('charge', { act: [gate.waitsDeaf()] });
    const ship = new ScriptedStep('ship');
    const saga = scriptedSaga(name, [new ScriptedStep('reserve'), step, ship], {
      maximumRecoveryAttempts: 0,
    });
    const first = await cluster.startProcess([saga]);
    const { sagaId } = await first.start();
    await until('the second act', () => gate.held === 1);
    await cluster.crash(first);
    const both = await startBoth(saga);
    expect((await both.heir.outcome(sagaId)).stuck).toMatchObject({
      reason: 'recovery-exhausted',
      step: 'charge',
    });
    return { ...both, step, ship, sagaId };
  };

  it('resumes an undo with fresh attempts, and the saga ends FAILED in another worker', async () => {
    const { heir, operator, requests, step, sagaId, callsSince } = await stuckBackward('undo-retried');
    step.rescript({ compensate: [throws(down), answers()] });

    await requests.retry(sagaId, 'ada', 'the stock service is back');

    expect(await operator.outcome(sagaId)).toMatchObject({ status: 'failed', failure: { step: 'ship' } });
    expect(callsSince()).toEqual(['compensate charge #3', 'compensate charge #4', 'compensate reserve']);
    expect(heir.listener.ofType('claimed')).toMatchObject([{ sagaId, isRecovery: false, recoveries: 0 }]);
    const { entries } = await cluster.load(sagaId);
    expect(entries.filter(({ kind }) => kind === 'retry-requested')).toMatchObject([
      { actor: 'ada', note: 'the stock service is back', worker: undefined },
    ]);
  });

  it('resumes a saga that was going forward, and it COMPLETES in another worker', async () => {
    const { operator, requests, step, sagaId, callsSince } = await stuckForward('forward-retried');
    step.rescript({ act: [answers()] });

    await requests.retry(sagaId, 'ada');

    expect((await operator.outcome(sagaId)).status).toBe('completed');
    expect(callsSince()).toEqual(['act charge', 'act ship']);
  });

  it('replaces a compensation that was done by hand: the undo continues after it', async () => {
    const { operator, requests, sagaId, callsSince } = await stuckBackward('undo-resolved');

    await requests.resolveStep(sagaId, 'charge', 'ada', 'refunded at the bank');

    expect((await operator.outcome(sagaId)).status).toBe('failed');
    expect(callsSince()).toEqual(['compensate reserve']);
    const { entries } = await cluster.load(sagaId);
    expect(entries.filter(({ kind }) => kind === 'step-resolved')).toMatchObject([
      { step: 'charge', actor: 'ada', note: 'refunded at the bank', worker: undefined },
    ]);
  });

  it('replaces an act that was done by hand, and it is undone later as if it had run', async () => {
    const { operator, requests, step, ship, sagaId, callsSince } = await stuckForward('forward-resolved');
    ship.rescript({ act: [throws(declined)] });

    await requests.resolveStep(sagaId, 'charge', 'ada', 'charged by phone');

    expect((await operator.outcome(sagaId)).status).toBe('failed');
    expect(callsSince()).toEqual(['act ship', 'compensate charge', 'compensate reserve']);
    expect(step.compensateCalls).toMatchObject([{ outcome: 'completed', response: undefined }]);
  });

  it('turns a saga around that is STUCK on its way forward, by a cancel: another worker undoes it', async () => {
    const { operator, requests, sagaId, callsSince } = await stuckForward('forward-cancelled');

    await requests.cancel(sagaId, 'the customer called', 'ada');

    expect(await operator.outcome(sagaId)).toMatchObject({
      status: 'failed',
      failure: { reason: 'cancelled', message: 'the customer called' },
      stuck: undefined,
    });
    expect(callsSince()).toEqual(['compensate charge', 'compensate reserve']);
    expect((await cluster.journalOf(sagaId)).slice(-5)).toEqual([
      'cancel-requested',
      'claimed from running',
      'compensation-decided',
      'compensation-completed charge',
      'compensation-completed reserve',
    ]);
  });

  it('cancels nothing of a saga that is STUCK in its undo: what it waits for stays the same', async () => {
    const { requests, sagaId, callsSince } = await stuckBackward('undo-cancelled');
    const before = await cluster.load(sagaId);

    await requests.cancel(sagaId, 'the customer called');

    expect(await cluster.load(sagaId)).toEqual(before);
    expect(callsSince()).toEqual([]);
  });

  it('is refused a step at which the saga does not stand, and a saga that is not stuck', async () => {
    const { requests, step, sagaId, operator } = await stuckBackward('refused');
    const before = await cluster.load(sagaId);
    const resolve = (id: string) => requests.resolveStep(sagaId, id, 'ada', 'done');

    await expect(resolve('ship')).rejects.toBeInstanceOf(InvalidArgumentError);
    await expect(resolve('no-such-step')).rejects.toBeInstanceOf(InvalidArgumentError);
    expect(await cluster.load(sagaId)).toEqual(before);

    step.rescript({ compensate: [answers()] });
    await requests.retry(sagaId, 'ada');
    await operator.outcome(sagaId);
    await expect(requests.retry(sagaId, 'ada')).rejects.toMatchObject({ status: 'failed' });
    await expect(resolve('charge')).rejects.toMatchObject({ status: 'failed' });
  });

  it('is one of several at the same moment: one is recorded, and the others are refused', async () => {
    const { operator, requests, heir, step, sagaId, callsSince } = await stuckBackward('asked-at-once');
    step.rescript({ compensate: [answers()] });

    const asked = await Promise.allSettled([
      requests.retry(sagaId, 'ada'),
      heir.engine.requests.retry(sagaId, 'grace'),
      requests.resolveStep(sagaId, 'charge', 'barbara', 'refunded at the bank'),
      heir.engine.requests.resolveStep(sagaId, 'reserve', 'katherine', 'put back by hand'),
    ]);

    const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused).toHaveLength(3);
    for (const error of refused) expect(error).toBeInstanceOf(SagaStatusError);
    expect((await operator.outcome(sagaId)).status).toBe('failed');
    expect(new Set(callsSince()).size).toBe(callsSince().length);
    const { entries } = await cluster.load(sagaId);
    expect(entries.filter(({ worker }) => worker === undefined)).toHaveLength(1);
  });

  it('races the owner: a retry is refused until the saga is STUCK and heard right behind that, never in between', async () => {
    const step = new ScriptedStep('charge', {
      compensate: [throws(down)],
      compensation: { ...atOnce, maximumAttempts: 3 },
    });
    const saga = scriptedSaga('raced', [step, new ScriptedStep('ship', { act: [throws(declined)] })]);
    const owner = await cluster.startProcess([saga]);
    const operator = await cluster.startProcess([saga], { worker: false });
    const { sagaId } = await owner.start();
    let heard = 0;
    let refused = 0;

    // Each retry gives it three attempts more, and while they fail the next retry is on its way already.
    await until('ten retries that were heard', async () => {
      const asked = await Promise.allSettled(
        Array.from({ length: 4 }, () => operator.engine.requests.retry(sagaId, 'ada')),
      );
      heard += asked.filter(({ status }) => status === 'fulfilled').length;
      for (const one of asked) {
        if (one.status !== 'rejected') continue;
        expect(one.reason).toMatchObject({ code: 'SAGA_STATUS_REFUSED' });
        refused++;
      }
      return heard >= 10;
    });
    step.rescript({ compensate: [answers()] });
    await until('the end', async () => {
      const { status } = (await cluster.load(sagaId)).header;
      if (status === 'stuck') await operator.engine.requests.retry(sagaId, 'ada').then(() => heard++);
      return status === 'failed';
    });

    expect(refused).toBeGreaterThan(0);
    const journal = await cluster.journalOf(sagaId);
    const retries = journal.flatMap((entry, index) => (entry === 'retry-requested' ? [index] : []));
    expect(retries).toHaveLength(heard);
    for (const index of retries)
      expect(journal[index - 1]).toMatch(/^compensation-failed charge #\d+ -> halt$/);
    const attempts = step.compensateCalls.map(({ attempt }) => attempt);
    expect(attempts).toEqual(attempts.map((_, index) => index + 1));
  });
});
