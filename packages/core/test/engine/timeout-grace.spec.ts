import { fallback, sagaDefaults } from '@nest-saga/core';
import type { CircuitBreaker } from '@nest-saga/core';
import {
  answers,
  FaultyStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { ScriptedStepOptions, StepScript } from '@nest-saga/testing';

const { abortGraceMs } = sagaDefaults;

function order(options: ScriptedStepOptions) {
  const step = new ScriptedStep('charge', { timeoutMs: 1_000, ...options });
  const saga = scriptedSaga('order', [new ScriptedStep('reserve'), step]);
  return { step, saga, cluster: new SimulatedCluster([saga]) };
}

describe('a handler whose time is up', () => {
  it('has a grace period before the next attempt begins', async () => {
    const gate = new StepGate();
    const { step, cluster } = order({
      act: [gate.waitsDeaf(), answers()],
      retry: { maximumAttempts: 2, initialIntervalMs: 0 },
    });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(1_000 + abortGraceMs - 1);
    expect(gate.abortReasons).toMatchObject([{ reason: 'timeout' }]);
    expect(step.actCalls).toHaveLength(1);
    gate.break(new Error('aborted'));
    expect((await cluster.resolve(process.outcome(started))).status).toBe('completed');
    expect(step.actCalls).toHaveLength(2);
  });

  it('is given up once the grace period is over', async () => {
    const { saga, cluster } = order({ act: [new StepGate().waitsDeaf()] });
    const process = await cluster.startProcess();
    await process.start();
    await cluster.advance(1_000 + abortGraceMs - 1);
    expect(saga.calls).not.toContain('compensate reserve');
    await cluster.advance(1);
    expect(saga.calls).toContain('compensate reserve');
  });

  it('completes its act with its result within the grace period', async () => {
    const gate = new StepGate();
    const { cluster } = order({ act: [gate.waitsDeaf()] });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(1_000 + abortGraceMs - 1);
    gate.open({ chargeId: 'just in time' });
    const { status, sagaId } = await cluster.resolve(process.outcome(started));
    expect(status).toBe('completed');
    expect((await cluster.load(sagaId)).entries[1]).toMatchObject({
      kind: 'act-completed',
      response: '{"chargeId":"just in time"}',
    });
  });

  it('says nothing about its effect by an error, so the attempt timed out', async () => {
    const gate = new StepGate();
    const { cluster } = order({ act: [gate.waitsDeaf()] });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(1_200);
    gate.break(new Error('the connection was closed'));
    const { sagaId } = await cluster.resolve(process.outcome(started));
    expect((await cluster.load(sagaId)).entries[1]).toMatchObject({
      kind: 'act-failed',
      outcome: 'unknown',
      error: { code: 'SAGA_STEP_TIMED_OUT' },
    });
  });

  it('holds up the undo and the alternative', async () => {
    const gate = new StepGate();
    const saga = scriptedSaga('order', [
      fallback(
        new ScriptedStep('card', { act: [gate.waitsDeaf()], timeoutMs: 1_000 }),
        new ScriptedStep('invoice'),
      ),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(1_000 + abortGraceMs - 1);
    expect(saga.calls).toEqual(['act card']);
    gate.break(new Error('aborted'));
    await cluster.resolve(process.outcome(started));
    expect(saga.calls.at(-1)).toBe('act invoice');
  });

  it('has undone its step if its compensation returns within the grace period', async () => {
    const gate = new StepGate();
    const { step, saga, cluster } = order({ act: [throws(new Error('declined'))] });
    const reserve = saga.steps[0] as ScriptedStep;
    reserve.rescript({ compensate: [gate.waitsDeaf()] });
    const process = await cluster.startProcess({ policies: { timeoutMs: 1_000 } });
    const started = await process.start();
    await cluster.advance(1_200);
    gate.open();
    expect((await cluster.resolve(process.outcome(started))).status).toBe('failed');
    expect(reserve.compensateCalls).toHaveLength(1);
    expect(step.actCalls).toHaveLength(1);
  });

  it('counts against its breaker when its time is up, and still completes', async () => {
    const gate = new StepGate();
    const seen: unknown[] = [];
    const circuitBreaker: CircuitBreaker = {
      execute: (_stepId, attempt) =>
        attempt().catch((error: unknown) => {
          seen.push(error);
          throw error;
        }),
      isOpen: () => false,
    };
    const saga = scriptedSaga('order', [
      fallback(
        new ScriptedStep('card', { act: [gate.waitsDeaf()], timeoutMs: 1_000 }),
        new ScriptedStep('invoice'),
        { circuitBreaker },
      ),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(1_000);
    expect(seen).toMatchObject([{ code: 'SAGA_STEP_TIMED_OUT' }]);
    gate.open();
    expect((await cluster.resolve(process.outcome(started))).status).toBe('completed');
    expect(saga.calls).toEqual(['act card']);
  });

  it('is released at once if its worker loses the lease within the grace period', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waitsDeaf()] });
    const storage = new FaultyStorage(cluster.memory);
    const process = await cluster.startProcess({ storage, abortGraceMs: 600_000 });
    await process.start();
    await cluster.advance(1_000);
    storage.inject({ method: 'renewWorker', outcome: 'not-written' });
    await cluster.advance(30_000);
    expect(process.listener.ofType('stopped')).toMatchObject([{ reason: 'lease-lost' }]);
    expect(saga.calls).toEqual(['act reserve', 'act charge']);
  });
});

describe('a handler that takes 300 ms more than its limit', () => {
  /** A handler that records when it began and ended, and ignores its signal. */
  function overLimit(cluster: SimulatedCluster, calls: string[]) {
    return (what: string, end: 'returns' | 'throws'): StepScript =>
      () =>
        new Promise((resolve, reject) => {
          calls.push(`${what} begins`);
          cluster.clock.startTimer(1_300, () => {
            calls.push(`${what} ends`);
            if (end === 'returns') resolve(undefined);
            else reject(new Error('the connection was closed'));
          });
        });
  }

  it('never runs beside its next attempt, and its undo begins after it', async () => {
    const calls: string[] = [];
    const charge = new ScriptedStep('charge', {
      timeoutMs: 1_000,
      retry: { maximumAttempts: 3, initialIntervalMs: 0 },
    });
    const cluster = new SimulatedCluster([scriptedSaga('order', [charge])]);
    const takes = overLimit(cluster, calls);
    charge.rescript({
      act: [1, 2, 3].map((attempt) => takes(`act ${attempt}`, 'throws')),
      compensate: [takes('undo', 'returns')],
    });
    expect((await cluster.run(await cluster.startProcess())).status).toBe('failed');
    expect(calls).toEqual(
      ['act 1', 'act 2', 'act 3', 'undo'].flatMap((what) => [`${what} begins`, `${what} ends`]),
    );
    expect(charge.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('ends before the alternative begins', async () => {
    const calls: string[] = [];
    const card = new ScriptedStep('card', { timeoutMs: 1_000, compensateOn: 'completed' });
    const invoice = new ScriptedStep('invoice', { act: [() => void calls.push('alternative begins')] });
    const cluster = new SimulatedCluster([scriptedSaga('order', [fallback(card, invoice)])]);
    card.rescript({ act: [overLimit(cluster, calls)('act', 'throws')] });
    expect((await cluster.run(await cluster.startProcess())).status).toBe('completed');
    expect(calls).toEqual(['act begins', 'act ends', 'alternative begins']);
  });
});

describe('a handler that is calls to stop by a cancel', () => {
  it('says nothing about its effect by an error', async () => {
    const hangs: StepScript = new StepGate().waits();
    const { step, cluster } = order({ act: [hangs], compensateOn: 'attempted' });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    await process.engine.requests.cancel(started.sagaId, 'the customer called');
    await cluster.resolve(process.outcome(started));
    expect(step.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
  });
});
