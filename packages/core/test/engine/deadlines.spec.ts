import { delay, hours, minutes, RetryableError, sagaSignal, seconds, waitFor } from '@nest-saga/core';
import type { StartOptions } from '@nest-saga/core';
import type { DeclaredWait } from '@nest-saga/core/engine';
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
import { wrongBy } from './wrong-clock.js';

const deadlineMs = minutes(10);
const paid = sagaSignal('paid');

function order(stages: readonly (ScriptedStep | DeclaredWait)[], options: object = { deadlineMs }) {
  const saga = scriptedSaga('order', stages, options);
  return { saga, cluster: new SimulatedCluster([saga]) };
}

const pastDeadline = { status: 'failed', failure: { reason: 'deadline' } };

describe('a saga that goes forward at its deadline', () => {
  it('is undone if it waits without an owner, which lasts no longer than until then', async () => {
    const { saga, cluster } = order([new ScriptedStep('reserve'), waitFor('payment', [paid])]);
    const process = await cluster.startProcess({ recovery: { intervalMs: hours(24) } });
    const started = await process.start();
    const { createdAt } = (await cluster.load(started.sagaId)).header;
    await cluster.advance(0);
    const deadlineAt = new Date(createdAt.getTime() + deadlineMs);
    expect((await cluster.load(started.sagaId)).header).toMatchObject({
      owner: undefined,
      deadlineAt,
      nextRunAt: deadlineAt,
    });
    await cluster.advance(deadlineMs + 1);
    expect(await cluster.resolve(process.outcome(started), 0)).toMatchObject({
      ...pastDeadline,
      failure: { reason: 'deadline', message: 'the saga passed its deadline' },
    });
    expect(saga.calls).toEqual(['act reserve', 'compensate reserve']);
    expect(await cluster.journalOf(started.sagaId)).toEqual([
      'act-completed reserve',
      'claimed from running',
      'deadline-passed',
      'compensation-decided',
      'compensation-completed reserve',
    ]);
  });

  it.each([
    ['in memory', seconds(4)],
    ['without an owner', hours(2)],
  ])('is undone if it waits %s for the next attempt of a step', async (_where, retryAfterMs) => {
    const retry = { maximumAttempts: 1_000, backoffCoefficient: 1 };
    const charge = new ScriptedStep('charge', {
      act: Array.from({ length: 500 }, () => throws(new RetryableError('closed', { retryAfterMs }))),
      retry,
    });
    const { saga, cluster } = order([new ScriptedStep('reserve'), charge]);
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(deadlineMs + 1);
    expect(await cluster.resolve(process.outcome(started), 0)).toMatchObject(pastDeadline);
    expect(saga.calls.at(-1)).toBe('compensate reserve');
  });

  it('fires the signal of a running act with the reason "deadline", and waits for it as after a cancel', async () => {
    const gate = new StepGate();
    const charge = new ScriptedStep('charge', { act: [gate.waitsDeaf()] });
    const { saga, cluster } = order([new ScriptedStep('reserve'), charge]);
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(deadlineMs - 1);
    expect(gate.abortReasons).toEqual([]);
    await cluster.advance(1);
    expect(gate.abortReasons).toMatchObject([{ reason: 'deadline', step: 'charge' }]);
    gate.open();
    expect(await cluster.resolve(process.outcome(started), 0)).toMatchObject(pastDeadline);
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
    expect(await cluster.journalOf(started.sagaId)).toEqual([
      'act-completed reserve',
      'deadline-passed',
      'act-completed charge',
      'compensation-completed charge',
      'compensation-completed reserve',
    ]);
  });

  it('gives up an act that ignores its signal after the grace period, and undoes it as one in doubt', async () => {
    const charge = new ScriptedStep('charge', { act: [() => new Promise(() => undefined)] });
    const { saga, cluster } = order([charge]);
    const process = await cluster.startProcess({ abortGraceMs: 2_000 });
    const started = await process.start();
    await cluster.advance(deadlineMs + 1_999);
    expect(saga.calls).toEqual(['act charge']);
    await cluster.advance(1);
    expect(await cluster.resolve(process.outcome(started), 0)).toMatchObject(pastDeadline);
    expect(saga.calls).toEqual(['act charge', 'compensate charge']);
  });

  it('is FAILED if it is still PENDING, and nothing of it ever runs', async () => {
    const { saga, cluster } = order([new ScriptedStep('reserve')]);
    const starter = await cluster.startProcess({ worker: false });
    const { sagaId } = await starter.enqueue();
    await cluster.advance(deadlineMs + 1);
    const process = await cluster.startProcess();
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject(pastDeadline);
    expect(saga.calls).toEqual([]);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'claimed from pending',
      'deadline-passed',
      'compensation-decided',
    ]);
  });

  it('leaves no effect if its process died in an act and every process was away then', async () => {
    const { saga, cluster } = order([
      new ScriptedStep('reserve'),
      new ScriptedStep('charge', { act: [() => new Promise(() => undefined)] }),
    ]);
    const first = await cluster.startProcess();
    const { sagaId } = await first.start();
    await cluster.advance(1_000);
    first.kill();
    await cluster.advance(deadlineMs);
    const second = await cluster.startProcess();
    expect(await cluster.resolve(second.outcome(sagaId))).toMatchObject(pastDeadline);
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
  });

  it('is undone though a process that claimed it died before it said so', async () => {
    const { saga, cluster } = order([new ScriptedStep('reserve'), waitFor('payment', [paid])]);
    const first = await cluster.startProcess();
    const { sagaId } = await first.start();
    const append = cluster.memory.append.bind(cluster.memory);
    cluster.memory.append = async (request) => {
      if (request.entry.kind !== 'deadline-passed') return append(request);
      cluster.memory.append = append;
      first.kill();
      return new Promise(() => undefined);
    };
    await cluster.advance(deadlineMs + 1);
    const second = await cluster.startProcess();
    expect(await cluster.resolve(second.outcome(sagaId))).toMatchObject(pastDeadline);
    expect(saga.calls).toEqual(['act reserve', 'compensate reserve']);
  });

  it('has its entry once though the answer to it is lost', async () => {
    const { cluster } = order([new ScriptedStep('reserve'), waitFor('payment', [paid])]);
    const process = await cluster.startProcess();
    const started = await process.start();
    const append = cluster.memory.append.bind(cluster.memory);
    let isLost = false;
    cluster.memory.append = async (request) => {
      const result = await append(request);
      if (request.entry.kind !== 'deadline-passed' || isLost) return result;
      isLost = true;
      throw Object.assign(new Error('lost'), { code: 'SAGA_STORAGE_FAILED', outcome: 'unknown' });
    };
    expect(await cluster.resolve(process.outcome(started))).toMatchObject(pastDeadline);
    const journal = await cluster.journalOf(started.sagaId);
    expect(journal.filter((entry) => entry === 'deadline-passed')).toHaveLength(1);
  });
});

describe('a deadline', () => {
  it('does not limit an undo: neither an attempt of it, nor a wait for the next one', async () => {
    const gate = new StepGate();
    const intervals = { initialIntervalMs: hours(1), maximumIntervalMs: hours(1), jitter: 0 };
    const retry = { compensation: { maximumAttempts: 3, ...intervals } };
    const reserve = new ScriptedStep('reserve', {
      compensate: [...failing(1, new Error('down')), gate.waitsDeaf()],
      ...retry,
    });
    const charge = new ScriptedStep('charge', { act: [throws(new Error('declined'))] });
    const { cluster } = order([reserve, charge]);
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    const { header, entries } = await cluster.load(started.sagaId);
    const parkedAt = entries.at(-1)?.recordedAt.getTime() ?? 0;
    expect(header).toMatchObject({ status: 'compensating', nextRunAt: new Date(parkedAt + hours(1)) });
    await cluster.advance(hours(3));
    expect(gate.abortReasons).toEqual([]);
    gate.open();
    expect(await cluster.resolve(process.outcome(started), 0)).toMatchObject({
      failure: { reason: 'step-failed' },
    });
    expect(await cluster.journalOf(started.sagaId)).not.toContain('deadline-passed');
  });

  it('applies to a STUCK saga when an operator resumes it', async () => {
    const charge = new ScriptedStep('charge', { act: [() => new Promise(() => undefined)] });
    const { saga, cluster } = order([new ScriptedStep('reserve'), charge], {
      deadlineMs: hours(24),
      maximumRecoveryAttempts: 0,
    });
    const first = await cluster.startProcess();
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    const second = await cluster.startProcess();
    expect(await cluster.resolve(second.outcome(sagaId))).toMatchObject({ status: 'stuck' });
    await cluster.advance(hours(24));
    expect((await cluster.load(sagaId)).header.status).toBe('stuck');
    await second.engine.requests.retry(sagaId, 'ada');
    await cluster.advance(0);
    expect(await cluster.resolve(second.outcome(sagaId))).toMatchObject(pastDeadline);
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
  });

  it('counts from when a delayed saga is due, and a start may have its own', async () => {
    const { cluster } = order([new ScriptedStep('reserve'), waitFor('payment', [paid])]);
    const process = await cluster.startProcess();
    const startedAt = cluster.clock.now();
    const deadlineOf = async (options: StartOptions): Promise<number> => {
      const { sagaId } = await process.start({}, options);
      return ((await cluster.load(sagaId)).header.deadlineAt?.getTime() ?? Number.NaN) - startedAt;
    };
    expect(await deadlineOf({})).toBe(deadlineMs);
    expect(await deadlineOf({ delayMs: hours(1) })).toBe(hours(1) + deadlineMs);
    expect(await deadlineOf({ delayMs: hours(1), deadlineMs: hours(2) })).toBe(hours(3));
    const { sagaId } = await process.enqueue({}, { deadlineMs: seconds(90) });
    await cluster.advance(seconds(90) - 1);
    expect((await cluster.load(sagaId)).header.status).toBe('running');
    await cluster.advance(1);
    expect(await cluster.resolve(process.outcome(sagaId), 100)).toMatchObject(pastDeadline);
  });

  it('stays as it is stored for all who start the saga again', async () => {
    const { cluster } = order([new ScriptedStep('reserve'), waitFor('payment', [paid])]);
    const process = await cluster.startProcess();
    const { sagaId } = await process.start({}, { key: 'A-1' });
    const before = (await cluster.load(sagaId)).header.deadlineAt;
    expect((await process.start({}, { key: 'A-1', deadlineMs: hours(5) })).sagaId).toBe(sagaId);
    expect((await cluster.load(sagaId)).header.deadlineAt).toEqual(before);
  });

  it('is met by a saga whose last step is in the journal by then, though its end is not written yet', async () => {
    let handled: (() => void) | undefined;
    const handle = (): Promise<void> => new Promise((resolve) => (handled = resolve));
    const last = new ScriptedStep('ship', {
      act: [
        (_context, run) => {
          run.emit('shipped');
        },
      ],
    });
    const { saga, cluster } = order([last]);
    const process = await cluster.startProcess({
      events: { timeoutMs: hours(1) },
      eventHandlers: { handlersOf: () => [{ name: 'slow', handle }] },
    });
    const started = await process.start();
    await cluster.advance(deadlineMs + 1);
    handled?.();
    expect((await cluster.resolve(process.outcome(started), 100)).status).toBe('completed');
    expect(saga.calls).toEqual(['act ship']);
  });

  it('loses against a cancel that came first', async () => {
    const { cluster } = order([new ScriptedStep('reserve'), waitFor('payment', [paid])]);
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(deadlineMs - 1);
    await process.engine.requests.cancel(started.sagaId, 'the customer called');
    await cluster.advance(1);
    expect(await cluster.resolve(process.outcome(started), 0)).toMatchObject({
      failure: { reason: 'cancelled' },
    });
  });

  it('wins against a cancel that comes later', async () => {
    const gate = new StepGate();
    const { cluster } = order([
      new ScriptedStep('reserve'),
      new ScriptedStep('charge', { act: [gate.waits()] }),
    ]);
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    const append = cluster.memory.append.bind(cluster.memory);
    cluster.memory.append = async (request) => {
      const result = await append(request);
      if (request.entry.kind === 'deadline-passed')
        await process.engine.requests.cancel(sagaId, 'the customer called').catch(() => undefined);
      return result;
    };
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject(pastDeadline);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e15, '5', null])(
    'of %p is refused',
    async (refused) => {
      const { cluster } = order([new ScriptedStep('reserve')]);
      const process = await cluster.startProcess();
      await expect(process.start({}, { deadlineMs: refused as number })).rejects.toMatchObject({
        code: 'SAGA_INVALID_ARGUMENT',
        argument: 'deadlineMs',
      });
    },
  );
});

describe('a deadline and a signal at the same moment', () => {
  it('are decided by the journal: the one that is in it first counts', async () => {
    for (const isSignalFirst of [true, false]) {
      const { saga, cluster } = order([new ScriptedStep('reserve'), waitFor('payment', [paid])]);
      const process = await cluster.startProcess();
      const started = await process.start();
      await cluster.advance(1);
      const append = cluster.memory.append.bind(cluster.memory);
      const signal = () => process.engine.requests.signal(started.sagaId, paid).catch(() => undefined);
      let isRacing = true;
      cluster.memory.append = async (request) => {
        if (request.entry.kind !== 'deadline-passed' || !isRacing) return append(request);
        isRacing = false;
        if (isSignalFirst) await signal();
        const result = await append(request);
        if (!isSignalFirst) await signal();
        return result;
      };
      const outcome = await cluster.resolve(process.outcome(started));
      expect(outcome.status).toBe(isSignalFirst ? 'completed' : 'failed');
      expect(saga.calls).toEqual(isSignalFirst ? ['act reserve'] : ['act reserve', 'compensate reserve']);
    }
  });

  it('leaves the saga past its deadline if a step is left after the wait', async () => {
    const { saga, cluster } = order([
      new ScriptedStep('reserve'),
      waitFor('payment', [paid]),
      new ScriptedStep('ship'),
    ]);
    const first = await cluster.startProcess();
    const { sagaId } = await first.start();
    await cluster.advance(1);
    first.kill();
    const other = await cluster.startProcess({ worker: false });
    await other.engine.requests.signal(sagaId, paid);
    await cluster.advance(deadlineMs);
    const process = await cluster.startProcess();
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject(pastDeadline);
    expect(saga.calls).toEqual(['act reserve', 'compensate reserve']);
  });
});

describe('workers whose wall clocks are an hour apart', () => {
  it.each([hours(1), -hours(1)])(
    'meet a deadline by the clock of the storage, in a running act and while it is parked (%p ms)',
    async (skewMs) => {
      const hangs = new ScriptedStep('charge', { act: [() => new Promise(() => undefined)] });
      const { saga, cluster } = order([new ScriptedStep('reserve'), hangs]);
      const waiting = scriptedSaga('waiting', [delay('long', hours(3))], { deadlineMs });
      const process = new SimulatedProcess({
        sagas: [saga, waiting],
        storage: cluster.memory,
        clock: wrongBy(skewMs, cluster.clock),
        number: 9,
        abortGraceMs: 0,
      });
      await process.engine.open();
      const started = [await process.start(), await process.start({}, { saga: 'waiting' })];
      await cluster.advance(deadlineMs - 1);
      for (const { sagaId } of started) expect((await cluster.load(sagaId)).header.status).toBe('running');
      await cluster.advance(2);
      for (const one of started)
        expect(await cluster.resolve(process.outcome(one), 0)).toMatchObject(pastDeadline);
    },
  );
});

describe('a saga without a deadline', () => {
  it('has none in its header', async () => {
    const { cluster } = order([new ScriptedStep('reserve', { act: [answers()] })], {});
    const process = await cluster.startProcess();
    const started = await process.start();
    expect((await cluster.resolve(process.outcome(started))).status).toBe('completed');
    expect((await cluster.load(started.sagaId)).header.deadlineAt).toBeUndefined();
  });
});
