import { NonRetryableError, RetryableError, SagaStuckError } from '@nest-saga/core';
import { toOutcomeError } from '@nest-saga/core/engine';
import {
  answers,
  changes,
  changesAndThrows,
  failing,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

const declined = new Error('the card was declined');
const down = Object.assign(new Error('the stock service is down'), { code: 'ECONNREFUSED' });

/** A saga of three steps that is undone from the fourth on. */
function undone(steps: Readonly<Record<'first' | 'second' | 'third', ScriptedStepOptions>>) {
  const saga = scriptedSaga('order', [
    new ScriptedStep('first', steps.first),
    new ScriptedStep('second', steps.second),
    new ScriptedStep('third', steps.third),
    new ScriptedStep('last', { act: [throws(declined)] }),
  ]);
  const cluster = new SimulatedCluster([saga]);
  const undoCalls = () => saga.calls.filter((call) => call.startsWith('compensate'));
  return { saga, cluster, undoCalls };
}

describe('a compensation that fails', () => {
  it('is tried again and works at the third attempt: the saga ends FAILED', async () => {
    const { cluster, undoCalls } = undone({
      first: {},
      second: { compensate: [...failing(2, down), answers()] },
      third: {},
    });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome.status).toBe('failed');
    expect(undoCalls()).toEqual([
      'compensate third',
      'compensate second',
      'compensate second #2',
      'compensate second #3',
      'compensate first',
    ]);
  });

  it('waits by its own policy between the attempts', async () => {
    const { cluster } = undone({
      first: {},
      second: { compensate: [...failing(2, down), answers()] },
      third: {},
    });
    const { sagaId } = await cluster.run(await cluster.startProcess());
    const { entries } = await cluster.load(sagaId);
    const starts = entries.flatMap((entry) =>
      'step' in entry && entry.step === 'second' && 'startedAt' in entry ? [entry.startedAt.getTime()] : [],
    );
    const [, first = 0, second = 0, third = 0] = starts;
    expect([second - first, third - second]).toEqual([1_000, 2_000]);
  });

  it.each([
    ['a NonRetryableError', new NonRetryableError('no such reservation'), []],
    ['an error that its policy names by its class', new TypeError('no'), [TypeError]],
    ['an error that its policy names by its code', down, ['ECONNREFUSED']],
    ['an error that its policy names by its name', new TypeError('no'), ['TypeError']],
  ])('is not tried again after %s: the saga is STUCK at once', async (_name, error, nonRetryableErrors) => {
    const { cluster, undoCalls } = undone({
      first: {},
      second: { compensate: [throws(error)], compensation: { nonRetryableErrors } },
      third: {},
    });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({ status: 'stuck', stuck: { step: 'second', message: error.message } });
    expect(undoCalls()).toEqual(['compensate third', 'compensate second']);
  });

  it('is not tried again because its policy for the act would: the two are apart', async () => {
    const { cluster, undoCalls } = undone({
      first: {},
      second: {
        compensate: [throws(new TypeError('no')), answers()],
        retry: { nonRetryableErrors: [TypeError] },
      },
      third: {},
    });
    expect((await cluster.run(await cluster.startProcess())).status).toBe('failed');
    expect(undoCalls()).toEqual([
      'compensate third',
      'compensate second',
      'compensate second #2',
      'compensate first',
    ]);
  });

  /** How long the undo of `second` waited between its attempts. */
  const waitsOf = async (cluster: SimulatedCluster, sagaId: string): Promise<readonly number[]> => {
    const starts = (await cluster.load(sagaId)).entries.flatMap((entry) =>
      entry.kind.startsWith('compensation-') && 'startedAt' in entry && entry.step === 'second'
        ? [entry.startedAt.getTime()]
        : [],
    );
    return starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
  };
  const steady = { maximumAttempts: 10, initialIntervalMs: 1_000, backoffCoefficient: 2, jitter: 0 };

  it('waits as long as a RetryableError asks for, in place of its policy', async () => {
    const asked = new RetryableError('too many requests', { retryAfterMs: 7_500 });
    const compensate = [throws(asked), throws(down), answers()];
    const { cluster } = undone({ first: {}, second: { compensate, compensation: steady }, third: {} });
    const { sagaId } = await cluster.run(await cluster.startProcess());
    expect(await waitsOf(cluster, sagaId)).toEqual([7_500, 2_000]);
  });

  it('waits longer each time, up to the cap', async () => {
    const compensation = { ...steady, maximumIntervalMs: 3_000 };
    const compensate = [...failing(4, down), answers()];
    const { cluster } = undone({ first: {}, second: { compensate, compensation }, third: {} });
    const { sagaId } = await cluster.run(await cluster.startProcess());
    expect(await waitsOf(cluster, sagaId)).toEqual([1_000, 2_000, 3_000, 3_000]);
  });

  it('waits shorter by the random share of its delay', async () => {
    const compensate = [...failing(2, down), answers()];
    const compensation = { ...steady, jitter: 0.5 };
    const { cluster } = undone({ first: {}, second: { compensate, compensation }, third: {} });
    const process = await cluster.startProcess();
    process.ids.nextRandom = 0.5;
    const { sagaId } = await cluster.run(process);
    expect(await waitsOf(cluster, sagaId)).toEqual([750, 1_500]);
  });

  it('has its wait cut short by a shutdown, and continues in another process when it is due, with the next attempt number', async () => {
    const compensate = [throws(down), answers()];
    const compensation = { ...steady, initialIntervalMs: 60_000 };
    const { cluster, undoCalls } = undone({ first: {}, second: { compensate, compensation }, third: {} });
    const inMemory = { parkAboveMs: 60_000 };
    const [first, second] = [await cluster.startProcess(inMemory), await cluster.startProcess(inMemory)];
    const { sagaId } = await first.start();
    await cluster.advance(1_000);
    await cluster.resolve(first.engine.close(), 1_000);
    await cluster.advance(50_000);
    expect(undoCalls()).toEqual(['compensate third', 'compensate second']);
    expect((await cluster.resolve(second.outcome(sagaId))).status).toBe('failed');
    expect(undoCalls().slice(2)).toEqual(['compensate second #2', 'compensate first']);
    expect(await waitsOf(cluster, sagaId)).toEqual([60_000]);
    expect(await cluster.journalOf(sagaId)).toContain('released for shutdown');
  });

  it('has no wait that a cancel cuts short: it is what a cancel would ask for', async () => {
    const compensate = [throws(down), answers()];
    const { cluster } = undone({ first: {}, second: { compensate, compensation: steady }, third: {} });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(100);
    await process.engine.requests.cancel(started.sagaId, 'the customer called');
    await cluster.resolve(process.outcome(started));
    expect(await waitsOf(cluster, started.sagaId)).toEqual([1_000]);
  });

  it('ends STUCK if it always fails; the earlier steps wait, so that the order holds', async () => {
    const { cluster, undoCalls } = undone({ first: {}, second: { compensate: [throws(down)] }, third: {} });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({
      status: 'stuck',
      stuck: {
        reason: 'compensation-exhausted',
        step: 'second',
        errorName: 'Error',
        message: 'the stock service is down',
        code: 'ECONNREFUSED',
      },
      failure: { step: 'last', message: 'the card was declined' },
    });
    expect(toOutcomeError(outcome)).toBeInstanceOf(SagaStuckError);
    expect(undoCalls()).toEqual([
      'compensate third',
      'compensate second',
      'compensate second #2',
      'compensate second #3',
    ]);
    expect(await cluster.memory.find(outcome.sagaId)).toMatchObject({
      status: 'stuck',
      owner: undefined,
      stuck: { reason: 'compensation-exhausted', step: 'second', message: 'the stock service is down' },
    });
  });

  it('with onExhausted "continue" undoes the earlier steps first and is STUCK then, of the first that failed', async () => {
    const givesUp = {
      compensate: [throws(down)],
      compensation: { onExhausted: 'continue', maximumAttempts: 1 },
    } as const;
    const { cluster, undoCalls } = undone({
      first: {},
      second: givesUp,
      third: { ...givesUp, compensate: [throws(new Error('first of all'))] },
    });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({ status: 'stuck', stuck: { step: 'third', message: 'first of all' } });
    expect(undoCalls()).toEqual(['compensate third', 'compensate second', 'compensate first']);
  });

  it('with onExhausted "continue" at the last one to undo is STUCK at once', async () => {
    const { cluster, undoCalls } = undone({
      first: { compensate: [throws(down)], compensation: { onExhausted: 'continue', maximumAttempts: 2 } },
      second: {},
      third: {},
    });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({ status: 'stuck', stuck: { step: 'first' } });
    expect(undoCalls()).toEqual([
      'compensate third',
      'compensate second',
      'compensate first',
      'compensate first #2',
    ]);
  });

  it('loses what the failed attempt changed in the context', async () => {
    const second = {
      compensate: [changesAndThrows((context) => void (context['half'] = 'done'), down), answers()],
    };
    const { saga, cluster } = undone({ first: {}, second, third: {} });
    await cluster.run(await cluster.startProcess());
    const first = saga.steps[0] as ScriptedStep;
    expect(first.compensateCalls[0]?.context).toEqual({});
  });
});

describe('compensateOn "attempted"', () => {
  it('undoes the step that failed first, and passes the known outcome of its act', async () => {
    const charge = new ScriptedStep('charge', { act: [throws(declined)], compensateOn: 'attempted' });
    const saga = scriptedSaga('order', [new ScriptedStep('reserve'), charge]);
    const cluster = new SimulatedCluster([saga]);
    await cluster.run(await cluster.startProcess());
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
    expect(charge.compensateCalls).toMatchObject([{ outcome: 'failed', response: undefined }]);
  });

  it('undoes it even if it is the first step', async () => {
    const saga = scriptedSaga('order', [new ScriptedStep('reserve', { act: [throws(declined)] })], {
      compensateOn: 'attempted',
    });
    const cluster = new SimulatedCluster([saga]);
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome.status).toBe('failed');
    expect(saga.calls).toEqual(['act reserve', 'compensate reserve']);
  });

  it('can be said by the module for all, and by a step for itself', async () => {
    const saga = scriptedSaga('order', [
      new ScriptedStep('reserve', { act: [throws(declined)], compensateOn: 'completed' }),
    ]);
    const other = scriptedSaga('refund', [new ScriptedStep('pay', { act: [throws(declined)] })]);
    const cluster = new SimulatedCluster([saga, other]);
    const process = await cluster.startProcess({ policies: { compensateOn: 'attempted' } });
    await cluster.run(process);
    await cluster.run(process, {}, { saga: 'refund' });
    expect(saga.calls).toEqual(['act reserve']);
    expect(other.calls).toEqual(['act pay', 'compensate pay']);
  });

  it('gets the worst known outcome of all attempts: one timed out, though the last one failed', async () => {
    const charge = new ScriptedStep('charge', {
      act: [new StepGate().waits(), throws(declined)],
      timeoutMs: 1_000,
      retry: { maximumAttempts: 2 },
      compensateOn: 'attempted',
    });
    const saga = scriptedSaga('order', [charge]);
    const cluster = new SimulatedCluster([saga]);
    const { sagaId } = await cluster.run(await cluster.startProcess());
    expect(charge.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
    expect((await cluster.load(sagaId)).entries).toMatchObject([
      { kind: 'act-failed', outcome: 'unknown' },
      { kind: 'act-failed', outcome: 'failed' },
      { kind: 'compensation-completed' },
    ]);
  });

  it('gets it if a cancel comes between the attempts', async () => {
    const charge = new ScriptedStep('charge', {
      act: [new StepGate().waits(), throws(declined)],
      timeoutMs: 1_000,
      retry: { maximumAttempts: 3, initialIntervalMs: 10_000, jitter: 0 },
      compensateOn: 'attempted',
    });
    const cluster = new SimulatedCluster([scriptedSaga('order', [charge])]);
    const process = await cluster.startProcess({ parkAboveMs: 10_000 });
    const started = await process.start();
    await cluster.advance(1_000);
    await cluster.advance(10_000);
    expect(await cluster.journalOf(started.sagaId)).toHaveLength(2);
    await process.engine.requests.cancel(started.sagaId, 'the customer called');
    await cluster.resolve(process.outcome(started));
    expect(charge.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('says that an act whose process died may have worked, though its next attempt failed', async () => {
    const charge = new ScriptedStep('charge', {
      act: [new StepGate().waits(), throws(declined)],
      compensateOn: 'attempted',
    });
    const cluster = new SimulatedCluster([scriptedSaga('order', [charge])]);
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    await cluster.resolve(second.outcome(sagaId));
    expect(charge.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('says that the act returned, though its result cannot be stored and an earlier attempt timed out', async () => {
    const charge = new ScriptedStep('charge', {
      act: [new StepGate().waits(), changes((context) => void (context['when'] = 1n), 'c-1')],
      timeoutMs: 1_000,
      retry: { maximumAttempts: 2 },
      compensateOn: 'attempted',
    });
    const cluster = new SimulatedCluster([scriptedSaga('order', [charge])]);
    await cluster.run(await cluster.startProcess());
    expect(charge.compensateCalls).toMatchObject([{ outcome: 'completed', response: 'c-1' }]);
  });

  it('is not needed by default: a step that failed is not undone', async () => {
    const saga = scriptedSaga('order', [
      new ScriptedStep('reserve'),
      new ScriptedStep('charge', { act: [throws(declined)] }),
    ]);
    const cluster = new SimulatedCluster([saga]);
    await cluster.run(await cluster.startProcess());
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate reserve']);
  });
});
