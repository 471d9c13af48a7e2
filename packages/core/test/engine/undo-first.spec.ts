import { fallback, InDoubtError } from '@nest-saga/core';
import { answers, scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

const inDoubt = new InDoubtError('the gateway answered 504');
const down = new Error('no refund now');

function order(card: ScriptedStepOptions, ship: ScriptedStepOptions = {}) {
  const [primary, alternative] = [new ScriptedStep('card', card), new ScriptedStep('invoice')];
  const saga = scriptedSaga('order', [
    new ScriptedStep('reserve'),
    fallback(primary, alternative),
    new ScriptedStep('ship', ship),
  ]);
  return { saga, primary, alternative, cluster: new SimulatedCluster([saga]) };
}

const onceAndNoMore = { maximumAttempts: 1 } as const;

describe('a primary whose effect is in doubt', () => {
  it('is undone before its alternative begins, so that never both effects stand', async () => {
    const { saga, primary, cluster } = order({ act: [throws(inDoubt)] });
    const process = await cluster.startProcess();
    const started = await process.start();
    expect(await cluster.resolve(process.outcome(started))).toMatchObject({ status: 'completed' });
    expect(saga.calls).toEqual(['act reserve', 'act card', 'compensate card', 'act invoice', 'act ship']);
    expect(primary.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
    expect(await cluster.journalOf(started.sagaId)).toEqual([
      'act-completed reserve',
      'act-failed card -> undo-first',
      'compensation-completed card',
      'act-completed invoice',
      'act-completed ship',
    ]);
  });

  it('is not undone again if the saga fails later', async () => {
    const { saga, cluster } = order({ act: [throws(inDoubt)] }, { act: [throws(new Error('no ship'))] });
    expect(await cluster.run(await cluster.startProcess())).toMatchObject({ status: 'failed' });
    expect(saga.calls.slice(3)).toEqual([
      'act invoice',
      'act ship',
      'compensate invoice',
      'compensate reserve',
    ]);
  });

  it('leads to its alternative at once with compensateOn "completed", and after a definite refusal', async () => {
    const completed = order({ act: [throws(inDoubt)], compensateOn: 'completed' });
    await completed.cluster.run(await completed.cluster.startProcess());
    expect(completed.saga.calls).toEqual(['act reserve', 'act card', 'act invoice', 'act ship']);
    const refused = order({ act: [throws(new Error('declined'))] });
    await refused.cluster.run(await refused.cluster.startProcess());
    expect(refused.saga.calls).toEqual(['act reserve', 'act card', 'act invoice', 'act ship']);
  });

  it.each(['halt', 'continue'] as const)(
    'makes the saga STUCK if it cannot be undone, with onExhausted "%s", and continues once it can',
    async (onExhausted) => {
      const { saga, cluster } = order({
        act: [throws(inDoubt)],
        compensate: [throws(down), answers(undefined)],
        compensation: { ...onceAndNoMore, onExhausted },
      });
      const process = await cluster.startProcess();
      const started = await process.start();
      expect(await cluster.resolve(process.outcome(started))).toMatchObject({
        status: 'stuck',
        stuck: { reason: 'compensation-exhausted', step: 'card' },
      });
      expect(saga.calls).toEqual(['act reserve', 'act card', 'compensate card']);
      await process.engine.requests.retry(started.sagaId, 'ada');
      expect(await cluster.resolve(process.outcome(started.sagaId))).toMatchObject({ status: 'completed' });
      expect(saga.calls.slice(3)).toEqual(['compensate card #2', 'act invoice', 'act ship']);
    },
  );

  it('can be undone by hand, and its alternative begins', async () => {
    const { saga, cluster } = order({
      act: [throws(inDoubt)],
      compensate: [throws(down), answers(undefined)],
      compensation: onceAndNoMore,
    });
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.resolve(process.outcome(sagaId));
    await process.engine.requests.resolveStep(sagaId, 'card', 'ada', 'refunded by phone');
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({ status: 'completed' });
    expect(saga.calls.slice(3)).toEqual(['act invoice', 'act ship']);
  });

  it('is undone by the next owner if its process dies in the middle of it, and nothing else is put in doubt', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({
      act: [throws(inDoubt)],
      compensate: [gate.waitsDeaf(), answers(undefined)],
    });
    const first = await cluster.startProcess();
    const { sagaId } = await first.start();
    await cluster.advance(0);
    expect(gate.held).toBe(1);
    first.kill();
    const second = await cluster.startProcess();
    await cluster.advance(60_000);
    expect(await cluster.resolve(second.outcome(sagaId))).toMatchObject({ status: 'completed' });
    expect(saga.calls.filter((call) => call.startsWith('compensate'))).toEqual([
      'compensate card',
      'compensate card',
    ]);
    expect(saga.calls.slice(-2)).toEqual(['act invoice', 'act ship']);
  });

  it('goes back instead if a cancel comes while it is undone: the alternative never begins', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [throws(inDoubt)], compensate: [gate.waits()] });
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.advance(0);
    expect(gate.held).toBe(1);
    await process.engine.requests.cancel(sagaId, 'the customer called');
    await cluster.advance(0);
    gate.open();
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({
      status: 'failed',
      failure: { reason: 'cancelled' },
    });
    expect(saga.calls).toEqual(['act reserve', 'act card', 'compensate card', 'compensate reserve']);
  });

  it('is known to its undo by the key that its act was called with', async () => {
    const { primary, cluster } = order({ act: [throws(inDoubt)] });
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.resolve(process.outcome(sagaId));
    expect(primary.actCalls).toMatchObject([{ idempotencyKey: `${sagaId}:card:act` }]);
    expect(primary.compensateCalls).toMatchObject([
      { idempotencyKey: `${sagaId}:card:compensate`, actIdempotencyKey: `${sagaId}:card:act` },
    ]);
  });
});

describe('an act that says that it is in doubt', () => {
  it('is tried again as any other error, and undone even if every repetition fails plainly', async () => {
    const charge = new ScriptedStep('charge', {
      act: [throws(inDoubt), throws(new Error('declined'))],
      retry: { maximumAttempts: 2, initialIntervalMs: 1 },
    });
    const saga = scriptedSaga('pay', [charge]);
    const cluster = new SimulatedCluster([saga]);
    expect(await cluster.run(await cluster.startProcess())).toMatchObject({ status: 'failed' });
    expect(saga.calls).toEqual(['act charge', 'act charge #2', 'compensate charge']);
    expect(charge.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
  });
});
