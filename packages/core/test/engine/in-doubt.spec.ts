import { CircuitOpenError, fallback } from '@nest-saga/core';
import type { CircuitBreaker } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

const down = new Error('503, for a moment');

function order(options: ScriptedStepOptions) {
  const step = new ScriptedStep('charge', options);
  const saga = scriptedSaga('order', [new ScriptedStep('reserve'), step]);
  return { step, saga, cluster: new SimulatedCluster([saga]) };
}

/** A process dies in the act of `charge`; the other process can continue. */
async function diedInTheAct(options: ScriptedStepOptions = {}) {
  const { act: rest = [], ...others } = options;
  const world = order({ act: [new StepGate().waits(), ...rest], ...others });
  const [first, second] = [await world.cluster.startProcess(), await world.cluster.startProcess()];
  const { sagaId } = await first.start();
  await world.cluster.advance(0);
  first.kill();
  return { ...world, second, sagaId };
}

describe('an effect in doubt is undone by default', () => {
  it('if the act timed out', async () => {
    const { step, cluster } = order({ act: [new StepGate().waits()], timeoutMs: 1_000 });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome.status).toBe('failed');
    expect(step.compensateCalls).toMatchObject([{ outcome: 'unknown', response: undefined }]);
  });

  it('if an attempt timed out and the next one failed', async () => {
    const { step, cluster } = order({
      act: [new StepGate().waits(), throws(down)],
      timeoutMs: 1_000,
      retry: { maximumAttempts: 2 },
    });
    await cluster.run(await cluster.startProcess());
    expect(step.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('if a cancel gave the act up', async () => {
    const { step, cluster } = order({ act: [new StepGate().waitsDeaf()] });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    await process.engine.requests.cancel(started.sagaId, 'the customer called');
    await cluster.resolve(process.outcome(started));
    expect(step.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('if the process died in the act and the saga was cancelled then', async () => {
    const { step, cluster, second, sagaId } = await diedInTheAct();
    await second.engine.requests.cancel(sagaId, 'the customer called');
    expect((await cluster.resolve(second.outcome(sagaId))).status).toBe('failed');
    expect(step.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
    expect((await cluster.load(sagaId)).entries).toContainEqual(
      expect.objectContaining({
        kind: 'compensation-decided',
        undo: [{ step: 'charge', outcome: 'unknown' }],
      }),
    );
  });

  it('if the process died in the act and the repeated call failed', async () => {
    const { step, cluster, second, sagaId } = await diedInTheAct({ act: [throws(down)] });
    expect((await cluster.resolve(second.outcome(sagaId))).status).toBe('failed');
    expect(step.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
  });
});

describe('a primary whose process died in its act', () => {
  it('is undone if its breaker refuses the repetition, before its alternative begins', async () => {
    let isOpen = false;
    const circuitBreaker: CircuitBreaker = {
      execute: (stepId, attempt) => (isOpen ? Promise.reject(new CircuitOpenError(stepId)) : attempt()),
      isOpen: (error) => error instanceof CircuitOpenError,
    };
    const card = new ScriptedStep('card', { act: [new StepGate().waits()] });
    const saga = scriptedSaga('order', [fallback(card, new ScriptedStep('invoice'), { circuitBreaker })]);
    const cluster = new SimulatedCluster([saga]);
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    isOpen = true;
    expect((await cluster.resolve(second.outcome(sagaId))).status).toBe('completed');
    expect(saga.calls).toEqual(['act card', 'compensate card', 'act invoice']);
    expect(card.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
  });
});

describe('a release', () => {
  /** A process shuts down while a step runs; the next process is asked to cancel the saga before it continues. */
  async function releasedThenCancelled(isEnding: boolean) {
    const gate = new StepGate();
    const [reserve, charge] = [
      new ScriptedStep('reserve', { act: [gate.waitsDeaf()] }),
      new ScriptedStep('charge'),
    ];
    const saga = scriptedSaga('order', [reserve, charge]);
    const cluster = new SimulatedCluster([saga]);
    const first = await cluster.startProcess();
    const { sagaId } = await first.start();
    await cluster.advance(0);
    const closed = first.engine.close();
    if (isEnding) gate.open();
    await cluster.resolve(closed);
    const second = await cluster.startProcess({ worker: false });
    await second.engine.requests.cancel(sagaId, 'the customer called');
    const third = await cluster.startProcess();
    expect((await cluster.resolve(third.outcome(sagaId))).status).toBe('failed');
    return { saga, entries: (await cluster.load(sagaId)).entries };
  }

  it('at a boundary adds no undo', async () => {
    const { saga, entries } = await releasedThenCancelled(true);
    expect(entries).toContainEqual(expect.objectContaining({ kind: 'released', begun: [] }));
    expect(saga.calls).toEqual(['act reserve', 'compensate reserve']);
  });

  it('in the middle of an act adds its undo', async () => {
    const { saga, entries } = await releasedThenCancelled(false);
    expect(entries).toContainEqual(expect.objectContaining({ kind: 'released', begun: ['reserve'] }));
    expect(saga.calls).toEqual(['act reserve', 'compensate reserve']);
    expect(entries.map(({ kind }) => kind)).not.toContain('act-completed');
  });
});

describe('an effect that is not in doubt', () => {
  it('is taken not to be there if every attempt threw', async () => {
    const { step, saga, cluster } = order({ act: [throws(down)], retry: { maximumAttempts: 3 } });
    await cluster.run(await cluster.startProcess());
    expect(step.compensateCalls).toEqual([]);
    expect(saga.calls.at(-1)).toBe('compensate reserve');
  });
});

describe('compensateOn "completed"', () => {
  it('undoes nothing that is in doubt', async () => {
    const { step, cluster, second, sagaId } = await diedInTheAct({
      act: [throws(down)],
      compensateOn: 'completed',
    });
    expect((await cluster.resolve(second.outcome(sagaId))).status).toBe('failed');
    expect(step.compensateCalls).toEqual([]);
  });
});
