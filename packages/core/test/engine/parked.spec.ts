import { NonRetryableError, RetryableError, SagaStorageError } from '@nest-saga/core';
import type { StartOptions } from '@nest-saga/core';
import type { SagaEnd } from '@nest-saga/core/engine';
import {
  answers,
  failing,
  FaultyStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { ScriptedStepOptions, StepScript } from '@nest-saga/testing';

const hourMs = 3_600_000;
const closed = new RetryableError('the partner is closed', { retryAfterMs: hourMs });
const retry = { maximumAttempts: 10 };

function order(charge: ScriptedStepOptions = {}, ship: ScriptedStepOptions = {}) {
  const step = new ScriptedStep('charge', { retry, ...charge });
  const saga = scriptedSaga('order', [step, new ScriptedStep('ship', ship)], { maximumRecoveryAttempts: 1 });
  const healthy = scriptedSaga('healthy', [new ScriptedStep('work')]);
  return { step, saga, cluster: new SimulatedCluster([saga, healthy]) };
}

describe('a saga whose wait for the next attempt is long', () => {
  it('has no owner and no slot meanwhile, and the entry that begins the wait says so', async () => {
    const { cluster } = order({ act: [throws(closed), answers()] });
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.advance(0);
    const { header, entries } = await cluster.load(sagaId);
    expect(header).toMatchObject({
      status: 'running',
      owner: undefined,
      waiting: { for: 'retry', name: 'charge' },
      nextRunAt: new Date(cluster.clock.now() + hourMs),
    });
    expect(entries).toMatchObject([
      { kind: 'act-failed', next: 'retry', park: { for: 'retry', name: 'charge', dueInMs: hourMs } },
    ]);
    expect(process.engine.worker.running.size).toBe(0);
    expect(process.listener.ofType('stopped')).toMatchObject([{ sagaId, reason: 'parked' }]);
  });

  it('continues when its time has come in the process that parked it, without waiting for a sweep', async () => {
    const { step, cluster } = order({ act: [throws(closed), answers()] });
    const process = await cluster.startProcess({ recovery: { intervalMs: 24 * hourMs } });
    const started = await process.start();
    await cluster.advance(hourMs - 1);
    expect(step.calls).toHaveLength(1);
    await cluster.advance(2);
    expect(step.calls).toHaveLength(2);
    expect((await cluster.resolve(process.outcome(started))).status).toBe('completed');
    expect((await cluster.load(started.sagaId)).entries[1]).toMatchObject({
      kind: 'claimed',
      from: 'running',
      parked: true,
    });
    expect(process.listener.ofType('claimed')).toMatchObject([{ isRecovery: false, recoveries: 0 }]);
  });

  it('ends with the original error of its step if its last run is in this process, for callers and watchers', async () => {
    const declined = new NonRetryableError('the card was declined');
    const act: StepScript = (_context, { attempt }) => {
      throw attempt === 1 ? closed : declined;
    };
    const { cluster } = order({ act: [act] });
    const process = await cluster.startProcess();
    const started = await process.start();
    const queued = await process.enqueue();
    const outcomes = [process.outcome(started), process.outcome(started.sagaId), process.outcome(queued)];
    const watched = new Promise<SagaEnd>((onEnd, onError) => {
      process.engine.reader.follow(started.sagaId, 0, { onResult: () => undefined, onEnd, onError }, started);
    });
    const ends = await cluster.resolve(Promise.all([...outcomes, watched]), 2 * hourMs);
    for (const { status, cause } of ends) {
      expect(status).toBe('failed');
      expect(cause).toBe(declined);
    }
  });

  it('is found by another process within a sweep if the one that parked it is gone', async () => {
    const { step, cluster } = order({ act: [throws(closed), answers()] });
    const first = await cluster.startProcess();
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    const second = await cluster.startProcess();
    await cluster.advance(hourMs + 6_000);
    expect(step.calls.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect((await cluster.resolve(second.outcome(sagaId))).status).toBe('completed');
  });

  it('survives any number of deaths of processes around it', async () => {
    const { step, cluster } = order({ act: [throws(closed), answers()] });
    const starter = await cluster.startProcess();
    const { sagaId } = await starter.start();
    await cluster.advance(0);
    starter.kill();
    for (let deaths = 0; deaths < 20; deaths++) {
      const process = await cluster.startProcess();
      await cluster.advance(60_000);
      process.kill();
    }
    const last = await cluster.startProcess();
    expect((await cluster.resolve(last.outcome(sagaId), 2 * hourMs)).status).toBe('completed');
    expect(step.calls).toHaveLength(2);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-failed charge -> retry',
      'claimed from running',
      'act-completed charge #2',
      'act-completed ship',
    ]);
  });

  it('is made STUCK like any other by deaths of what runs after its wait', async () => {
    const { step, cluster } = order({ act: [throws(closed), new StepGate().waits()] });
    const first = await cluster.startProcess();
    const { sagaId } = await first.start();
    await cluster.advance(hourMs + 10);
    first.kill();
    const second = await cluster.startProcess();
    await cluster.advance(60_000);
    second.kill();
    const third = await cluster.startProcess();
    const outcome = await cluster.resolve(third.outcome(sagaId));
    expect(outcome).toMatchObject({ status: 'stuck', stuck: { reason: 'recovery-exhausted' } });
    expect(outcome.stuck?.message).toContain('1 recoveries');
    expect(step.calls).toHaveLength(3);
  });

  it('parks while an undo waits, too, and continues to undo', async () => {
    const { step, saga, cluster } = order(
      { compensate: [throws(closed), answers()] },
      { act: [throws(new Error('declined'))] },
    );
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    expect(await cluster.memory.find(started.sagaId)).toMatchObject({
      status: 'compensating',
      owner: undefined,
      waiting: { for: 'retry', name: 'charge' },
    });
    expect((await cluster.resolve(process.outcome(started), 2 * hourMs)).status).toBe('failed');
    expect(saga.calls.slice(2)).toEqual(['compensate charge', 'compensate charge #2']);
    expect(step.calls).toHaveLength(3);
  });

  it('is woken by a cancel at once, requested in any process', async () => {
    const { step, cluster } = order({ act: [throws(closed)] });
    const [owner, other] = [await cluster.startProcess(), await cluster.startProcess({ worker: false })];
    const { sagaId } = await owner.start();
    await cluster.advance(0);
    await other.engine.requests.cancel(sagaId, 'the customer called');
    await cluster.advance(0);
    expect(await cluster.memory.find(sagaId)).toMatchObject({ status: 'failed' });
    expect((await cluster.resolve(owner.outcome(sagaId), 1_000)).status).toBe('failed');
    expect(step.calls).toHaveLength(1);
    expect((await cluster.load(sagaId)).entries[2]).toMatchObject({ kind: 'claimed', parked: true });
  });

  it('stays in memory in a process that recovers nothing, because that would not claim it again', async () => {
    const { cluster } = order({ act: [throws(closed), answers()] });
    const process = await cluster.startProcess({ recovery: { enabled: false } });
    const started = await process.start();
    await cluster.advance(0);
    expect(await cluster.memory.find(started.sagaId)).toMatchObject({ waiting: undefined });
    expect(process.engine.worker.running.size).toBe(1);
    expect((await cluster.resolve(process.outcome(started), 2 * hourMs)).status).toBe('completed');
  });

  it('stays in memory if the wait is not longer than the limit', async () => {
    const act = [...failing(1, new RetryableError('busy', { retryAfterMs: 5_000 })), answers()];
    const { cluster } = order({ act });
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.advance(0);
    expect(await cluster.memory.find(sagaId)).toMatchObject({ waiting: undefined });
    await cluster.advance(5_000);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-failed charge -> retry',
      'act-completed charge #2',
      'act-completed ship',
    ]);
  });

  it('is parked even if the answer of that entry was lost', async () => {
    const { step, cluster } = order({ act: [throws(closed), answers()] });
    const process = await cluster.startProcess({ recovery: { intervalMs: 24 * hourMs } });
    const append = cluster.memory.append.bind(cluster.memory);
    cluster.memory.append = async (request) => {
      cluster.memory.append = append;
      await append(request);
      throw new SagaStorageError('append', 'unknown');
    };
    const { sagaId } = await process.start();
    await cluster.advance(1_000);
    expect(process.listener.ofType('stopped')).toMatchObject([{ sagaId, reason: 'parked' }]);
    await cluster.advance(hourMs);
    expect(step.calls).toHaveLength(2);
  });
});

describe('1,000 sagas in a long wait', () => {
  it('stop neither starts nor the queue nor recovery', async () => {
    const { cluster } = order({ act: [throws(closed)] });
    const options = { concurrency: 10, recovery: { concurrency: 5 } };
    const [process, dying] = [await cluster.startProcess(options), await cluster.startProcess(options)];
    for (let index = 0; index < 500; index++) {
      await process.start();
      await cluster.advance(0);
    }
    for (let index = 0; index < 500; index++) await process.enqueue();
    await cluster.advance(1_000);
    await expect(cluster.memory.summarize()).resolves.toMatchObject({ running: 1_000, waiting: 1_000 });
    const started = await cluster.resolve(process.start({}, { saga: 'healthy' }), 0);
    const queued = await process.enqueue({}, { saga: 'healthy' });
    const orphan = await dying.start({}, { saga: 'healthy' });
    dying.kill();
    const outcomes = [started, queued, orphan].map((one) => process.outcome(one.sagaId));
    const ended = await cluster.resolve(Promise.all(outcomes), 60_000);
    expect(ended.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
  });
});

describe('a saga in a long wait whose last entry does not park it', () => {
  /** As a release without parks left it: its owner waited in memory and died. */
  const leaveWaiting = async (cluster: SimulatedCluster, options: StartOptions = {}): Promise<string> => {
    const owner = await cluster.startProcess({ parkAboveMs: 24 * hourMs });
    const { sagaId } = await owner.start({}, options);
    await cluster.advance(0);
    expect((await cluster.load(sagaId)).header.waiting).toBeUndefined();
    owner.kill();
    return sagaId;
  };

  it('is parked by an entry of its own once it is claimed, for the rest of its wait by the clock of the storage', async () => {
    const { step, cluster } = order({ act: [throws(closed), answers()] });
    const begunAt = cluster.clock.now();
    const sagaId = await leaveWaiting(cluster);
    const process = await cluster.startProcess();
    await cluster.advance(60_000);
    const { header, entries } = await cluster.load(sagaId);
    const nextRunAt = new Date(begunAt + hourMs);
    expect(header).toMatchObject({ owner: undefined, waiting: { for: 'retry', name: 'charge' }, nextRunAt });
    expect(entries.at(-1)).toMatchObject({
      kind: 'parked',
      park: { for: 'retry', name: 'charge', nextRunAt },
    });
    expect(process.engine.worker.running.size).toBe(0);
    expect((await cluster.resolve(process.outcome(sagaId), 2 * hourMs)).status).toBe('completed');
    expect(step.calls.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-failed charge -> retry',
      'claimed from running',
      'parked at charge',
      'claimed from running',
      'act-completed charge #2',
      'act-completed ship',
    ]);
    expect(process.listener.ofType('claimed').map(({ recoveries }) => recoveries)).toEqual([0, 0]);
  });

  it('is parked while an undo waits, too', async () => {
    const compensate = [throws(closed), answers()];
    const failing = { act: [throws(new Error('no'))] };
    const { step, cluster } = order({ compensate, compensation: retry }, failing);
    const sagaId = await leaveWaiting(cluster);
    const process = await cluster.startProcess();
    await cluster.advance(60_000);
    expect((await cluster.load(sagaId)).header).toMatchObject({
      status: 'compensating',
      owner: undefined,
      waiting: { for: 'retry', name: 'charge' },
    });
    expect((await cluster.resolve(process.outcome(sagaId), 2 * hourMs)).status).toBe('failed');
    expect(step.compensateCalls.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('is woken by a cancel once it is parked, and nothing of it is in doubt', async () => {
    const { step, cluster } = order({
      act: [throws(new Error('refused'))],
      retry: { ...retry, initialIntervalMs: hourMs },
    });
    const sagaId = await leaveWaiting(cluster);
    const process = await cluster.startProcess();
    await cluster.advance(60_000);
    await cluster.resolve(process.engine.requests.cancel(sagaId, 'not wanted any more'));
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('failed');
    expect(step.compensateCalls).toEqual([]);
  });

  it('holds no slot: the queue continues after as many of them as there are slots', async () => {
    const { cluster } = order({ act: [throws(closed)] });
    for (let count = 0; count < 4; count++) await leaveWaiting(cluster);
    const process = await cluster.startProcess({ concurrency: 2, recovery: { concurrency: 2 } });
    const queued = await process.enqueue({}, { saga: 'healthy' });
    await cluster.advance(60_000);
    expect((await cluster.memory.find(queued.sagaId))?.status).toBe('completed');
    expect(process.engine.worker.running.size).toBe(0);
  });

  it('is parked until its deadline if that is earlier, and fails by it', async () => {
    const { step, cluster } = order({ act: [throws(closed)] });
    const begunAt = cluster.clock.now();
    const sagaId = await leaveWaiting(cluster, { deadlineMs: hourMs / 2 });
    const process = await cluster.startProcess();
    await cluster.advance(60_000);
    expect((await cluster.load(sagaId)).header).toMatchObject({
      owner: undefined,
      waiting: { for: 'retry', name: 'charge' },
      nextRunAt: new Date(begunAt + hourMs / 2),
    });
    const outcome = await cluster.resolve(process.outcome(sagaId));
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'deadline' } });
    expect(step.actCalls).toHaveLength(1);
  });

  it('survives a death right before and right after the entry, and a lost answer to it', async () => {
    for (const outcome of ['not-written', 'unknown'] as const) {
      const { step, cluster } = order({ act: [throws(closed), answers()] });
      const sagaId = await leaveWaiting(cluster);
      const storage = new FaultyStorage(cluster.memory);
      storage.inject({ method: 'append', outcome });
      const dying = await cluster.startProcess({ storage });
      await cluster.advance(60_000);
      dying.kill();
      const process = await cluster.startProcess();
      expect((await cluster.resolve(process.outcome(sagaId), 2 * hourMs)).status).toBe('completed');
      expect(step.calls.map(({ attempt }) => attempt)).toEqual([1, 2]);
    }
  });
});
