import {
  fallback,
  hours,
  InDoubtError,
  minutes,
  NonRetryableError,
  sagaSignal,
  seconds,
  waitFor,
} from '@nest-saga/core';
import { SagaPastPivotError } from '@nest-saga/core/engine';
import type { DeclaredWait } from '@nest-saga/core/engine';
import type { Fallback } from '@nest-saga/core';
import {
  answers,
  failing,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  SimulatedProcess,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { ScriptedStepOptions, StepScript } from '@nest-saga/testing';

const down = new Error('down');
const doubt = new InDoubtError('the bank answered 504');
const paid = sagaSignal('paid');
const reason = 'the customer called';

const always = (script: StepScript): readonly StepScript[] => [script];
const pivot = (options: ScriptedStepOptions = {}) => new ScriptedStep('pay', { kind: 'pivot', ...options });
const retriable = (options: ScriptedStepOptions = {}, id = 'mail') =>
  new ScriptedStep(id, { kind: 'retriable', ...options });

type Stage = ScriptedStep | Fallback<ScriptedStep> | DeclaredWait;

async function opened(stages: readonly Stage[], options: object = {}) {
  const saga = scriptedSaga('order', [new ScriptedStep('reserve'), ...stages], options);
  const cluster = new SimulatedCluster([saga]);
  const process = await cluster.startProcess();
  return { saga, cluster, process };
}

/** A saga whose pivot is running: `open` ends it. */
async function paying(after: readonly Stage[] = [], options: object = {}) {
  const gate = new StepGate();
  const started = await opened([pivot({ act: [gate.waits(), answers()] }), ...after], options);
  const { sagaId, ...run } = await started.process.start();
  await started.cluster.advance(0);
  const outcome = () => started.cluster.resolve(started.process.outcome(sagaId), seconds(5));
  return { ...started, ...run, gate, sagaId, outcome };
}

const overdueOf = (process: SimulatedProcess) => process.listener.ofType('overdue');

describe('a pivot', () => {
  it('leads past the point of no return: nothing after it is undone, and its entry says so', async () => {
    const { saga, cluster, process } = await opened([pivot(), retriable({ act: [throws(down), answers()] })]);
    const { sagaId } = await process.start();
    expect(await cluster.resolve(process.outcome(sagaId), seconds(5))).toMatchObject({ status: 'completed' });
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'act mail', 'act mail #2']);
    const { entries } = await cluster.load(sagaId);
    expect(entries.map((entry) => entry.kind === 'act-completed' && entry.pivot)).toEqual([
      undefined,
      true,
      false,
      undefined,
    ]);
  });

  it('that was refused is not undone itself; the steps before it are', async () => {
    const { saga, cluster, process } = await opened([pivot({ act: [throws(down)] }), retriable()]);
    const { sagaId } = await process.start();
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({
      status: 'failed',
      failure: { reason: 'step-failed', step: 'pay' },
    });
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'compensate reserve']);
  });

  it('in doubt is called again with its key, whatever its number of attempts', async () => {
    const step = pivot({ act: [...Array.from({ length: 9 }, () => throws(doubt)), answers()] });
    const { saga, cluster, process } = await opened([step]);
    const { sagaId } = await process.start();
    expect(await cluster.resolve(process.outcome(sagaId), hours(1))).toMatchObject({ status: 'completed' });
    expect(saga.calls).toHaveLength(11);
    expect(new Set(step.actCalls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('stays in doubt after a later attempt that was refused', async () => {
    const acts = [throws(doubt), throws(new NonRetryableError('declined')), answers()];
    const { saga, cluster, process } = await opened([pivot({ act: acts })]);
    const { sagaId } = await process.start();
    expect(await cluster.resolve(process.outcome(sagaId), minutes(1))).toMatchObject({ status: 'completed' });
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'act pay #2', 'act pay #3']);
  });

  it('that returned what cannot be stored is called again', async () => {
    const { saga, cluster, process } = await opened([
      pivot({ act: [answers(() => 'a function'), answers()] }),
    ]);
    const { sagaId } = await process.start();
    expect(await cluster.resolve(process.outcome(sagaId), minutes(1))).toMatchObject({ status: 'completed' });
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'act pay #2']);
  });

  it('in doubt after a crash is called again by the next owner, though a cancel came', async () => {
    const { saga, cluster, process, sagaId } = await paying();
    process.kill();
    const other = await cluster.startProcess();
    await other.engine.requests.cancel(sagaId, reason);
    expect(await cluster.resolve(other.outcome(sagaId), minutes(5))).toMatchObject({
      status: 'completed',
      cancel: 'too-late',
    });
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'act pay']);
  });

  it('takes no alternative while it is in doubt', async () => {
    const primary = pivot({ act: [throws(doubt), throws(down), answers()] });
    const { saga, cluster, process } = await opened([fallback(primary, pivot2())]);
    const { sagaId } = await process.start();
    expect(await cluster.resolve(process.outcome(sagaId), minutes(1))).toMatchObject({ status: 'completed' });
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'act pay #2', 'act pay #3']);
  });

  it('takes its alternative when it was refused, and the alternative is the pivot then', async () => {
    const { saga, cluster, process } = await opened([
      fallback(pivot({ act: [throws(down)] }), pivot2()),
      retriable(),
    ]);
    const { sagaId } = await process.start();
    expect(await cluster.resolve(process.outcome(sagaId), minutes(1))).toMatchObject({ status: 'completed' });
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'act invoice', 'act mail']);
    expect((await cluster.load(sagaId)).entries[2]).toMatchObject({ step: 'invoice', pivot: true });
  });

  const pivot2 = () => new ScriptedStep('invoice', { kind: 'pivot' });
});

describe('a pivot that is in doubt after ten attempts', () => {
  async function inDoubt() {
    const step = pivot({ act: always(throws(doubt)) });
    const { saga, cluster, process } = await opened([step, retriable()]);
    const { sagaId } = await process.start();
    const outcome = () => cluster.resolve(process.outcome(sagaId), hours(1));
    const stuck = await outcome();
    return { step, saga, cluster, sagaId, stuck, outcome, requests: process.engine.requests };
  }

  it('makes the saga STUCK', async () => {
    const { step, saga, stuck } = await inDoubt();
    expect(stuck).toMatchObject({
      status: 'stuck',
      stuck: { reason: 'pivot-in-doubt', step: 'pay', message: doubt.message },
      failure: undefined,
    });
    expect(step.actCalls).toHaveLength(10);
    expect(saga.calls).not.toContain('compensate reserve');
  });

  it('is settled as done by a person: the saga is past it', async () => {
    const { saga, cluster, sagaId, outcome, requests } = await inDoubt();
    await requests.resolveStep(sagaId, 'pay', 'ada', 'the bank has it');
    expect(await outcome()).toMatchObject({ status: 'completed' });
    expect(saga.calls.at(-1)).toBe('act mail');
    const { entries } = await cluster.load(sagaId);
    expect(entries.find(({ kind }) => kind === 'step-resolved')).toMatchObject({ pivot: true });
  });

  it('is settled as not done by a person: the saga is undone', async () => {
    const { saga, sagaId, outcome, requests } = await inDoubt();
    await requests.resolveStep(sagaId, 'pay', 'ada', 'the bank knows nothing', 'not-done');
    expect(await outcome()).toMatchObject({ status: 'failed', failure: { errorName: 'StepNotDone' } });
    expect(saga.calls.at(-1)).toBe('compensate reserve');
  });

  it('is called ten times more after a retry', async () => {
    const { step, sagaId, outcome, requests } = await inDoubt();
    await requests.retry(sagaId, 'ada');
    expect(await outcome()).toMatchObject({ status: 'stuck' });
    expect(step.actCalls).toHaveLength(20);
  });

  it('is called again, not undone, after a cancel', async () => {
    const { step, saga, sagaId, outcome, requests } = await inDoubt();
    step.rescript({ act: [answers()] });
    await requests.cancel(sagaId, reason);
    expect(await outcome()).toMatchObject({ status: 'completed', cancel: 'too-late' });
    expect(saga.calls).not.toContain('compensate reserve');
  });
});

describe('a cancel', () => {
  it('before the pivot leads to the undo', async () => {
    const gate = new StepGate();
    const saga = scriptedSaga('order', [new ScriptedStep('reserve', { act: [gate.waits()] }), pivot()]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.advance(0);
    await process.engine.requests.cancel(sagaId, reason);
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({
      failure: { reason: 'cancelled' },
    });
    expect(saga.calls).toEqual(['act reserve', 'compensate reserve']);
  });

  it('while the pivot runs does not fire its signal, and is void if the pivot is done', async () => {
    const { saga, cluster, process, gate, sagaId, outcome } = await paying([retriable()]);
    await process.engine.requests.cancel(sagaId, reason);
    await cluster.advance(minutes(1));
    expect(gate.abortReasons).toEqual([]);
    gate.open();
    expect(await outcome()).toMatchObject({ status: 'completed', cancel: 'too-late', failure: undefined });
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'act mail']);
    const other = await cluster.startProcess();
    expect(await cluster.resolve(other.outcome(sagaId))).toMatchObject({ cancel: 'too-late' });
  });

  it('while the pivot runs leads to the undo if the pivot is refused, with the reason of the cancel', async () => {
    const { saga, process, gate, sagaId, outcome } = await paying();
    await process.engine.requests.cancel(sagaId, reason);
    gate.break(down);
    expect(await outcome()).toMatchObject({
      status: 'failed',
      failure: { reason: 'cancelled', message: reason, step: 'pay' },
    });
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'compensate reserve']);
  });

  it('between two attempts of a refused pivot leads to the undo', async () => {
    const { saga, cluster, process } = await opened([
      pivot({ act: always(throws(down)), retry: { maximumAttempts: 9 } }),
    ]);
    const { sagaId } = await process.start();
    await cluster.advance(10);
    await process.engine.requests.cancel(sagaId, reason);
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({
      failure: { reason: 'cancelled' },
    });
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'compensate reserve']);
  });

  it('after the pivot is refused, and changes nothing', async () => {
    const { saga, cluster, process } = await opened([pivot(), retriable({ act: [throws(down), answers()] })]);
    const { sagaId } = await process.start();
    await cluster.advance(0);
    const before = (await cluster.load(sagaId)).entries.length;
    const cancelled = process.engine.requests.cancel(sagaId, reason);
    await expect(cluster.resolve(cancelled)).rejects.toThrow(SagaPastPivotError);
    await expect(cancelled).rejects.toMatchObject({ code: 'SAGA_PAST_PIVOT', sagaId, request: 'cancel' });
    expect((await cluster.load(sagaId)).entries).toHaveLength(before);
    const outcome = await cluster.resolve(process.outcome(sagaId), minutes(1));
    expect(outcome).toMatchObject({ status: 'completed' });
    expect(outcome.cancel).toBeUndefined();
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'act mail', 'act mail #2']);
  });
});

describe('a deadline', () => {
  const deadlineMs = minutes(10);

  it('while the pivot runs does not fire its signal, and only alarms if the pivot is done', async () => {
    const { saga, cluster, process, gate, outcome } = await paying([retriable()], { deadlineMs });
    await cluster.advance(deadlineMs + 1);
    expect(gate.abortReasons).toEqual([]);
    gate.open();
    const ended = await outcome();
    expect(ended).toMatchObject({ status: 'completed' });
    expect(ended.cancel).toBeUndefined();
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'act mail']);
    expect(overdueOf(process)).toMatchObject([{ reason: 'deadline', step: undefined }]);
  });

  it('while the pivot runs leads to the undo if the pivot is refused', async () => {
    const { saga, cluster, process, gate, outcome } = await paying([], { deadlineMs });
    await cluster.advance(deadlineMs + 1);
    gate.break(down);
    expect(await outcome()).toMatchObject({ status: 'failed', failure: { reason: 'deadline' } });
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'compensate reserve']);
    expect(overdueOf(process)).toEqual([]);
  });

  it('after the pivot only alarms, once, and the saga waits as before', async () => {
    const { cluster, process } = await opened([pivot(), waitFor('delivery', [paid]), retriable()], {
      deadlineMs,
    });
    const { sagaId } = await process.start();
    await cluster.advance(deadlineMs + 1);
    expect(overdueOf(process)).toMatchObject([{ reason: 'deadline', step: undefined }]);
    const journal = await cluster.journalOf(sagaId);
    await cluster.advance(hours(24));
    expect(await cluster.journalOf(sagaId)).toEqual(journal);
    expect((await cluster.load(sagaId)).header).toMatchObject({ status: 'running', nextRunAt: undefined });
    await process.engine.requests.signal(sagaId, paid);
    expect(await cluster.resolve(process.outcome(sagaId), minutes(1))).toMatchObject({ status: 'completed' });
    expect(overdueOf(process)).toHaveLength(1);
  });

  it('after the pivot does not fire the signal of a retriable step', async () => {
    const gate = new StepGate();
    const { cluster, process } = await opened([pivot(), retriable({ act: [gate.waits()] })], { deadlineMs });
    const { sagaId } = await process.start();
    await cluster.advance(deadlineMs + minutes(1));
    expect(gate.abortReasons).toEqual([]);
    gate.open();
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({ status: 'completed' });
  });
});

describe('a retriable step', () => {
  it('is tried until it succeeds, with a limited delay, without an owner in between', async () => {
    const step = retriable({ act: [...failing(40, down), answers()] });
    const { cluster, process } = await opened([pivot(), step]);
    const { sagaId } = await process.start();
    await cluster.advance(minutes(5));
    expect((await cluster.load(sagaId)).header).toMatchObject({
      owner: undefined,
      waiting: { name: 'mail' },
    });
    expect(await cluster.resolve(process.outcome(sagaId), hours(2))).toMatchObject({ status: 'completed' });
    expect(step.actCalls).toHaveLength(41);
  });

  it('is overdue from the declared attempt on: the listener is notified, and the storage counts it', async () => {
    const step = retriable({ act: [...failing(4, down), answers()], overdueAfter: 3 });
    const { cluster, process } = await opened([pivot(), step]);
    const { sagaId } = await process.start();
    await cluster.advance(seconds(3));
    expect(overdueOf(process)).toMatchObject([{ step: 'mail', attempt: 3, reason: 'attempts' }]);
    expect((await cluster.load(sagaId)).header.waiting).toEqual({ for: 'overdue', name: 'mail' });
    expect((await cluster.memory.summarize()).waitingFor).toEqual({ overdue: 1 });
    expect(await cluster.resolve(process.outcome(sagaId), hours(1))).toMatchObject({ status: 'completed' });
    expect(overdueOf(process).map(({ attempt }) => attempt)).toEqual([3, 4]);
    expect((await cluster.memory.summarize()).waitingFor).toEqual({});
  });

  it('with a limit of its own makes the saga STUCK, never undone, and a retry continues it', async () => {
    const step = retriable({ act: [...failing(3, down), answers()], retry: { maximumAttempts: 3 } });
    const { saga, cluster, process } = await opened([pivot(), step]);
    const { sagaId } = await process.start();
    expect(await cluster.resolve(process.outcome(sagaId), minutes(1))).toMatchObject({
      status: 'stuck',
      stuck: { reason: 'forward-exhausted', step: 'mail', message: 'down' },
    });
    const { requests } = process.engine;
    await expect(
      cluster.resolve(requests.resolveStep(sagaId, 'mail', 'ada', 'no', 'not-done')),
    ).rejects.toThrow(SagaPastPivotError);
    await expect(cluster.resolve(requests.cancel(sagaId, reason))).rejects.toThrow(SagaPastPivotError);
    await requests.retry(sagaId, 'ada');
    expect(await cluster.resolve(process.outcome(sagaId), minutes(1))).toMatchObject({ status: 'completed' });
    expect(saga.calls).toEqual([
      'act reserve',
      'act pay',
      'act mail',
      'act mail #2',
      'act mail #3',
      'act mail #4',
    ]);
  });

  it('that can never succeed makes the saga STUCK at once, and a person can say that it is done', async () => {
    const { cluster, process } = await opened([
      pivot(),
      retriable({ act: [throws(new NonRetryableError('gone'))] }),
    ]);
    const { sagaId } = await process.start();
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({
      stuck: { reason: 'forward-exhausted' },
    });
    await process.engine.requests.resolveStep(sagaId, 'mail', 'ada', 'sent by hand');
    expect(await cluster.resolve(process.outcome(sagaId), minutes(1))).toMatchObject({ status: 'completed' });
  });

  it('is the point of no return if there is no pivot: once it is done, a cancel is refused', async () => {
    const gate = new StepGate();
    const { saga, cluster, process } = await opened([
      retriable(),
      retriable({ act: [gate.waits()] }, 'tell'),
    ]);
    const { sagaId } = await process.start();
    await cluster.advance(0);
    expect((await cluster.load(sagaId)).entries[1]).toMatchObject({ step: 'mail', pivot: true });
    await expect(cluster.resolve(process.engine.requests.cancel(sagaId, reason))).rejects.toThrow(
      SagaPastPivotError,
    );
    gate.open();
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({ status: 'completed' });
    expect(saga.calls).not.toContain('compensate reserve');
  });

  it('that fails before any point of no return is given up for a cancel, but for nothing else', async () => {
    const { saga, cluster, process } = await opened([retriable({ act: always(throws(down)) })]);
    const { sagaId } = await process.start();
    await cluster.advance(hours(1));
    expect(saga.calls).not.toContain('compensate reserve');
    await process.engine.requests.cancel(sagaId, reason);
    expect(await cluster.resolve(process.outcome(sagaId), minutes(2))).toMatchObject({
      status: 'failed',
      failure: { reason: 'cancelled' },
    });
    expect(saga.calls.at(-1)).toBe('compensate reserve');
  });

  it('takes its alternative only if it plainly failed', async () => {
    const plain = retriable({ act: [throws(down)], retry: { maximumAttempts: 1 } });
    const one = await opened([pivot(), fallback(plain, retriable({}, 'letter'))]);
    const started = await one.process.start();
    await one.cluster.resolve(one.process.outcome(started), minutes(1));
    expect(one.saga.calls.slice(-2)).toEqual(['act mail', 'act letter']);
    const unknown = retriable({ act: [throws(doubt)], retry: { maximumAttempts: 1 } });
    const other = await opened([pivot(), fallback(unknown, retriable({}, 'letter'))]);
    const second = await other.process.start();
    expect(await other.cluster.resolve(other.process.outcome(second), minutes(1))).toMatchObject({
      stuck: { reason: 'forward-exhausted', step: 'mail' },
    });
  });
});

describe('a function of the definition that throws after the pivot', () => {
  it('makes the saga STUCK at its wait, and a retry calls it again', async () => {
    let isBroken = true;
    const apply = () => {
      if (isBroken) throw new TypeError('no such field');
    };
    const { saga, cluster, process } = await opened([
      pivot(),
      waitFor('delivery', [paid], { apply }),
      retriable(),
    ]);
    const { sagaId } = await process.start();
    await cluster.advance(0);
    await process.engine.requests.signal(sagaId, paid);
    expect(await cluster.resolve(process.outcome(sagaId), minutes(1))).toMatchObject({
      status: 'stuck',
      stuck: { reason: 'forward-exhausted', step: 'delivery', message: 'no such field' },
    });
    isBroken = false;
    await process.engine.requests.retry(sagaId, 'ada');
    expect(await cluster.resolve(process.outcome(sagaId), minutes(1))).toMatchObject({ status: 'completed' });
    expect(saga.calls).toEqual(['act reserve', 'act pay', 'act mail']);
  });
});

describe('a kind that was changed under a running saga', () => {
  /** A saga whose second step is done and whose third one runs, and which continues with other steps. */
  async function redeployed(before: readonly ScriptedStep[], after: readonly ScriptedStep[]) {
    const { cluster, process } = await opened(before);
    const { sagaId } = await process.start();
    await cluster.advance(0);
    process.kill();
    const saga = scriptedSaga('order', [new ScriptedStep('reserve'), ...after]);
    const next = await cluster.startProcess({ sagas: [saga] });
    return { saga, cluster, next, sagaId, outcome: () => cluster.resolve(next.outcome(sagaId), minutes(2)) };
  }

  const never: StepScript = () => new Promise(() => undefined);
  const charge = (options: ScriptedStepOptions = {}) => new ScriptedStep('pay', options);
  const ship = (options: ScriptedStepOptions = {}) => new ScriptedStep('ship', options);

  it('stays past its pivot, because the journal says so: a step that can be undone is STUCK if it fails', async () => {
    const ran = [pivot(), retriable({ act: [never] }, 'ship')];
    const { saga, next, sagaId, outcome, cluster } = await redeployed(ran, [
      charge(),
      ship({ act: [throws(down)] }),
    ]);
    expect(await outcome()).toMatchObject({
      status: 'stuck',
      stuck: { reason: 'forward-exhausted', step: 'ship' },
    });
    await expect(cluster.resolve(next.engine.requests.cancel(sagaId, reason))).rejects.toThrow(
      SagaPastPivotError,
    );
    expect(saga.calls).toEqual(['act ship']);
  });

  it('is not past a pivot that the journal has as a step to undo: before that undo it is STUCK', async () => {
    const retry = { maximumAttempts: 3, initialIntervalMs: hours(1), maximumIntervalMs: hours(1) };
    const before = [charge(), ship({ act: [throws(down)], retry })];
    const { saga, cluster, next, sagaId, outcome } = await redeployed(before, [
      pivot(),
      retriable({ act: [throws(down)] }, 'ship'),
    ]);
    await next.engine.requests.cancel(sagaId, reason);
    expect(await outcome()).toMatchObject({
      status: 'stuck',
      stuck: {
        reason: 'definition-mismatch',
        message: expect.stringContaining('"pay", which is a pivot step now'),
      },
    });
    expect(saga.calls).toEqual([]);
    next.kill();
    const former = await cluster.startProcess();
    await former.engine.requests.retry(sagaId, 'ada');
    expect(await cluster.resolve(former.outcome(sagaId), minutes(2))).toMatchObject({ status: 'failed' });
    expect(before[0]?.compensateCalls).toHaveLength(1);
  });

  it('undoes a step whose kind allows it now', async () => {
    const { saga, outcome } = await redeployed([pivot({ act: [never] })], [charge({ act: [throws(down)] })]);
    expect(await outcome()).toMatchObject({ status: 'failed' });
    expect(saga.calls).toEqual(['act pay', 'compensate pay', 'compensate reserve']);
  });
});
