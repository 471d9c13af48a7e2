import { RetryableError } from '@nest-saga/core';
import { answers, scriptedSaga, ScriptedStep, StepGate, throws } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';

const down = new Error('the card service is down');
const atOnce = { initialIntervalMs: 0, jitter: 0 };

describe('the attempts of a step, recovered by another worker', () => {
  let cluster: EngineCluster;

  beforeAll(async () => {
    cluster = await EngineCluster.create();
  });
  afterAll(() => cluster.close());

  it('are counted in the journal: a crash in the second of three leaves two, not three', async () => {
    const gate = new StepGate();
    const charge = new ScriptedStep('charge', {
      act: [throws(down), gate.waitsDeaf(), throws(down)],
      retry: { ...atOnce, maximumAttempts: 3 },
    });
    const saga = scriptedSaga('counted', [new ScriptedStep('reserve'), charge]);
    const first = await cluster.startProcess([saga]);
    const { sagaId } = await first.start();
    await until('the second attempt', () => gate.held === 1);
    const second = await cluster.startProcess([saga]);
    await cluster.crash(first);

    expect((await second.outcome(sagaId)).failure).toMatchObject({ step: 'charge', message: down.message });

    expect(charge.actCalls.map(({ attempt }) => attempt)).toEqual([1, 2, 2, 3]);
    expect(new Set(charge.actCalls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'act-failed charge -> retry',
      'claimed from running',
      'act-failed charge #2 -> retry',
      'act-failed charge #3 -> compensate',
      // The owner that died may have charged.
      'compensation-completed charge',
      'compensation-completed reserve',
    ]);
  });

  it('of a compensation are counted as well, and the saga is STUCK after the last', async () => {
    const gate = new StepGate();
    const reserve = new ScriptedStep('reserve', {
      compensate: [throws(down), gate.waitsDeaf(), throws(down)],
      compensation: { ...atOnce, maximumAttempts: 3 },
    });
    const saga = scriptedSaga('undone', [reserve, new ScriptedStep('charge', { act: [throws(down)] })]);
    const first = await cluster.startProcess([saga]);
    const { sagaId } = await first.start();
    await until('the second attempt', () => gate.held === 1);
    const second = await cluster.startProcess([saga]);
    await cluster.crash(first);

    expect(await second.outcome(sagaId)).toMatchObject({
      status: 'stuck',
      stuck: { reason: 'compensation-exhausted', step: 'reserve' },
    });
    expect(reserve.compensateCalls.map(({ attempt }) => attempt)).toEqual([1, 2, 2, 3]);
    expect((await cluster.journalOf(sagaId)).slice(-2)).toEqual([
      'compensation-failed reserve #2 -> retry',
      'compensation-failed reserve #3 -> halt',
    ]);
  });

  it('wait for their time, though it was another worker that set it', async () => {
    const charge = new ScriptedStep('charge', {
      act: [throws(new RetryableError('come back later', { retryAfterMs: 1_500 })), answers('paid')],
      retry: { maximumAttempts: 2 },
    });
    const saga = scriptedSaga('waiting', [charge]);
    const first = await cluster.startProcess([saga]);
    const { sagaId } = await first.start();
    await cluster.untilJournalEndsWith(sagaId, 'act-failed charge -> retry');
    const second = await cluster.startProcess([saga]);
    await cluster.crash(first);

    expect((await second.outcome(sagaId)).status).toBe('completed');

    const [failed, claimed, completed] = (await cluster.load(sagaId)).entries;
    if (failed?.kind !== 'act-failed' || completed?.kind !== 'act-completed' || failed.retryAt === undefined)
      throw new Error('a failed attempt and a completed one were expected');
    expect(claimed?.kind).toBe('claimed');
    expect(completed.attempt).toBe(2);
    expect(failed.retryAt.getTime() - failed.finishedAt.getTime()).toBe(1_500);
    expect(completed.startedAt.getTime()).toBeGreaterThanOrEqual(failed.retryAt.getTime());
  });

  it('are released by a shutdown in the middle of a wait, and wait for the rest of their time', async () => {
    const charge = new ScriptedStep('charge', {
      act: [throws(new RetryableError('come back later', { retryAfterMs: 1_500 })), answers('paid')],
      retry: { maximumAttempts: 2 },
    });
    const saga = scriptedSaga('handed-over', [charge]);
    const first = await cluster.startProcess([saga]);
    const { sagaId } = await first.start();
    await cluster.untilJournalEndsWith(sagaId, 'act-failed charge -> retry');
    const second = await cluster.startProcess([saga]);
    await cluster.stop(first);

    expect((await second.outcome(sagaId)).status).toBe('completed');

    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-failed charge -> retry',
      'released for shutdown',
      'claimed from running',
      'act-completed charge #2',
    ]);
    const { entries } = await cluster.load(sagaId);
    const [failed, completed] = [entries[0], entries[3]];
    if (failed?.kind !== 'act-failed' || completed?.kind !== 'act-completed' || failed.retryAt === undefined)
      throw new Error('a failed attempt and a completed one were expected');
    expect(completed.startedAt.getTime()).toBeGreaterThanOrEqual(failed.retryAt.getTime());
    expect(second.listener.ofType('claimed')).toMatchObject([{ isRecovery: false, recoveries: 0 }]);
  });

  it('of one class that is used twice are distinguished, in the undo and by their keys', async () => {
    const gate = new StepGate();
    const mail = new ScriptedStep('mail', { act: [answers('first'), gate.waitsDeaf(), answers('second')] });
    const ship = new ScriptedStep('ship', { act: [throws(down)] });
    const saga = {
      name: 'used-twice',
      steps: ['mail-customer', 'mail-warehouse'].map((id) => ({ id, handler: mail.handler })),
    };
    const sagas = [{ ...saga, steps: [...saga.steps, ship] }];
    const first = await cluster.startProcess(sagas);
    const { sagaId } = await first.start();
    await until('the second mail', () => gate.held === 1);
    const second = await cluster.startProcess(sagas);
    await cluster.crash(first);

    expect((await second.outcome(sagaId)).failure).toMatchObject({ step: 'ship' });

    const key = (step: string, action: string) => ({
      step,
      action,
      idempotencyKey: `${sagaId}:${step}:${action}`,
    });
    expect(mail.calls).toMatchObject([
      key('mail-customer', 'act'),
      key('mail-warehouse', 'act'),
      key('mail-warehouse', 'act'),
      { ...key('mail-warehouse', 'compensate'), response: 'second' },
      { ...key('mail-customer', 'compensate'), response: 'first' },
    ]);
  });

  it('end at once where an error says so, though the worker that tries is another one', async () => {
    const gate = new StepGate();
    const charge = new ScriptedStep('charge', {
      act: [throws(down), gate.waitsDeaf(), throws(new TypeError('no such card'))],
      retry: { ...atOnce, maximumAttempts: 10, nonRetryableErrors: ['TypeError'] },
    });
    const saga = scriptedSaga('refused', [charge]);
    const first = await cluster.startProcess([saga]);
    const { sagaId } = await first.start();
    await until('the second attempt', () => gate.held === 1);
    const second = await cluster.startProcess([saga]);
    await cluster.crash(first);

    expect((await second.outcome(sagaId)).failure).toMatchObject({ message: 'no such card' });
    expect(charge.actCalls).toHaveLength(3);
  });
});
