import { SagaStatusError } from '@nest-saga/core';
import { answers, scriptedSaga, ScriptedStep, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedStepOptions, SimulatedProcess } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';
import type { EngineProcessOptions } from './engine-cluster.js';

const reason = 'the customer called';
const cancelled = { status: 'failed', failure: { reason: 'cancelled', message: reason } };
const declined = new Error('the card was declined');
/** So long that nothing ever happens because of it. */
const never = 600_000;

function orderOf(name: string, charge: ScriptedStepOptions = {}, reserve: ScriptedStepOptions = {}) {
  const step = new ScriptedStep('charge', charge);
  return { step, saga: scriptedSaga(name, [new ScriptedStep('reserve', reserve), step]) };
}

describe('a cancel from another process', () => {
  let cluster: EngineCluster;

  beforeAll(async () => {
    cluster = await EngineCluster.create();
  });
  afterAll(() => cluster.close());

  /** The process that runs the saga, and the one that is asked to cancel it. */
  const startTwo = async (
    { saga }: ReturnType<typeof orderOf>,
    options: EngineProcessOptions = {},
  ): Promise<readonly [SimulatedProcess, SimulatedProcess]> => [
    await cluster.startProcess([saga], options),
    await cluster.startProcess([saga], { ...options, worker: false }),
  ];

  it.each([
    ['by a hint', { hints: true, watchIntervalMs: never }],
    ['by polling, where hints are off', { hints: false, watchIntervalMs: 100 }],
  ])(
    'fires the signal of the step that the owner runs, and the steps are undone: %s',
    async (how, options) => {
      const gate = new StepGate();
      const order = orderOf(`running ${how.split(',')[0]}`.replaceAll(' ', '-'), { act: [gate.waits()] });
      const { hints, watchIntervalMs } = options;
      const [owner, other] = await startTwo(order, { storage: { hints }, watchIntervalMs });
      const { sagaId } = await owner.start();
      await until('the second act', () => gate.held === 1);

      await other.engine.requests.cancel(sagaId, reason, 'ada');

      expect(await owner.outcome(sagaId)).toMatchObject(cancelled);
      expect(gate.abortReasons).toMatchObject([{ reason: 'cancelled', step: 'charge' }]);
      expect(order.saga.calls).toEqual([
        'act reserve',
        'act charge',
        'compensate charge',
        'compensate reserve',
      ]);
      const { entries } = await cluster.load(sagaId);
      expect(entries[1]).toMatchObject({ kind: 'cancel-requested', reason, actor: 'ada', worker: undefined });
    },
  );

  it('discards what a step that does not listen answers too late', async () => {
    const gate = new StepGate();
    const order = orderOf('deaf', { act: [gate.waitsDeaf()], compensateOn: 'attempted' });
    const [owner, other] = await startTwo(order);
    const { sagaId } = await owner.start();
    await until('the second act', () => gate.held === 1);
    await other.engine.requests.cancel(sagaId, reason);

    expect(await owner.outcome(sagaId)).toMatchObject(cancelled);
    const before = await cluster.load(sagaId);
    gate.open('too late');
    // Any effect of the answer comes before the next saga of this process.
    order.step.rescript({ act: [answers()] });
    expect((await owner.outcome(await owner.start())).status).toBe('completed');
    expect(await cluster.load(sagaId)).toEqual(before);
    expect(order.step.compensateCalls).toMatchObject([{ outcome: 'unknown', response: undefined }]);
  });

  it('ends a queued saga that no worker has begun, and nothing of it runs', async () => {
    const order = orderOf('pending');
    const other = await cluster.startProcess([order.saga], { worker: false });
    const { sagaId } = await other.enqueue();
    await other.engine.requests.cancel(sagaId, reason);
    expect((await cluster.load(sagaId)).header.status).toBe('pending');

    const owner = await cluster.startProcess([order.saga]);
    expect(await owner.outcome(sagaId)).toMatchObject(cancelled);
    expect(order.saga.calls).toEqual([]);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'cancel-requested',
      'claimed from pending',
      'compensation-decided',
    ]);
  });

  it('ends the wait for the next attempt at once', async () => {
    const order = orderOf('waiting', {
      act: [throws(declined), answers()],
      retry: { maximumAttempts: 2, initialIntervalMs: never, maximumIntervalMs: never },
    });
    const [owner, other] = await startTwo(order);
    const { sagaId } = await owner.start();
    await cluster.untilJournalEndsWith(sagaId, 'act-failed charge -> retry');

    await other.engine.requests.cancel(sagaId, reason);

    expect(await owner.outcome(sagaId)).toMatchObject(cancelled);
    expect(order.saga.calls).toEqual(['act reserve', 'act charge', 'compensate reserve']);
  });

  it('changes nothing if the saga is being undone already', async () => {
    const gate = new StepGate();
    const order = orderOf('undone', { act: [throws(declined)] }, { compensate: [gate.waits()] });
    const [owner, other] = await startTwo(order);
    const { sagaId } = await owner.start();
    await until('the undo', () => gate.held === 1);
    const before = await cluster.load(sagaId);

    await other.engine.requests.cancel(sagaId, reason);

    expect(await cluster.load(sagaId)).toEqual(before);
    gate.open();
    expect(await owner.outcome(sagaId)).toMatchObject({
      status: 'failed',
      failure: { reason: 'step-failed', message: declined.message },
    });
    expect(gate.abortReasons).toEqual([]);
  });

  it.each([
    ['completed', answers()],
    ['failed', throws(declined)],
  ])('is refused with the status of a saga that is %s', async (status, act) => {
    const order = orderOf(`ended-${status}`, { act: [act] });
    const [owner, other] = await startTwo(order);
    const { sagaId } = await owner.start();
    await owner.outcome(sagaId);
    const before = await cluster.load(sagaId);

    const refused: unknown = await other.engine.requests
      .cancel(sagaId, reason)
      .catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(SagaStatusError);
    expect(refused).toMatchObject({ code: 'SAGA_STATUS_REFUSED', status, request: 'cancel' });
    expect(await cluster.load(sagaId)).toEqual(before);
  });

  it('is kept by the worker that recovers the saga, if the owner dies before it acts on it', async () => {
    const gate = new StepGate();
    const order = orderOf('kept', { act: [gate.waitsDeaf()] });
    const [owner, other] = await startTwo(order, { abortGraceMs: never });
    const { sagaId } = await owner.start();
    await until('the second act', () => gate.held === 1);
    await other.engine.requests.cancel(sagaId, reason);
    const heir = await cluster.startProcess([order.saga]);
    await cluster.crash(owner);

    expect(await heir.outcome(sagaId)).toMatchObject(cancelled);
    expect(order.saga.calls).toEqual([
      'act reserve',
      'act charge',
      'compensate charge',
      'compensate reserve',
    ]);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'cancel-requested',
      'claimed from running',
      'compensation-decided',
      'compensation-completed charge',
      'compensation-completed reserve',
    ]);
  });

  it('that is asked of several processes at once is one', async () => {
    const gate = new StepGate();
    const order = orderOf('once', { act: [gate.waitsDeaf()] });
    const [owner, ...others] = [...(await startTwo(order)), ...(await startTwo(order))];
    const { sagaId } = await owner.start();
    await until('the second act', () => gate.held === 1);

    await Promise.all(others.map(({ engine }) => engine.requests.cancel(sagaId, reason)));

    expect(await owner.outcome(sagaId)).toMatchObject(cancelled);
    const journal = await cluster.journalOf(sagaId);
    expect(journal.filter((entry) => entry === 'cancel-requested')).toHaveLength(1);
  });

  it('loses against a last step that completes at the same moment, or undoes it: never both', async () => {
    const gate = new StepGate();
    const order = orderOf('raced', { act: [gate.waits()] });
    const [owner, other] = await startTwo(order);
    const started = await Promise.all(Array.from({ length: 30 }, () => owner.start()));
    await until('the last act of all', () => gate.held === 30);

    const cancels = started.map(async ({ sagaId }) => {
      try {
        await other.engine.requests.cancel(sagaId, reason);
        return 'failed';
      } catch (error) {
        expect(error).toBeInstanceOf(SagaStatusError);
        return 'completed';
      }
    });
    gate.open();
    const expected = await Promise.all(cancels);
    const outcomes = await Promise.all(started.map((saga) => owner.outcome(saga)));

    expect(outcomes.map(({ status }) => status)).toEqual(expected);
    for (const { sagaId } of started) {
      const undone = order.step.compensateCalls.filter((call) => call.sagaId === sagaId);
      const isDone = (await cluster.journalOf(sagaId)).includes('act-completed charge');
      const isFailed = outcomes.find((outcome) => outcome.sagaId === sagaId)?.status === 'failed';
      expect(undone).toHaveLength(isFailed && isDone ? 1 : 0);
    }
  });
});
