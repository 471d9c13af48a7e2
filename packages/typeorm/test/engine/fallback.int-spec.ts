import { CircuitOpenError, fallback } from '@nest-saga/core';
import type { CircuitBreaker } from '@nest-saga/core';
import { answers, scriptedSaga, ScriptedStep, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedStepOptions, StepScript } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';

class GatewayError extends Error {
  override readonly name = 'GatewayError';
}

const gatewayDown = new GatewayError('the gateway is down');

/** The breaker of one process: another one has its own, in its own mood. */
class ProcessBreaker implements CircuitBreaker {
  readonly asked: string[] = [];

  constructor(private readonly isBroken: boolean) {}

  execute<Result>(stepId: string, attempt: () => Promise<Result>): Promise<Result> {
    this.asked.push(stepId);
    return this.isBroken ? Promise.reject(new CircuitOpenError(stepId)) : attempt();
  }

  isOpen(error: unknown): boolean {
    return error instanceof CircuitOpenError;
  }
}

interface Scripts {
  readonly card?: StepScript;
  readonly invoice?: StepScript;
  readonly ship?: StepScript;
  readonly options?: Pick<ScriptedStepOptions, 'compensateOn'>;
}

/** The saga as one process has it: with steps and a breaker of its own. */
function orderOf(name: string, isBroken: boolean, { card, invoice, ship, options = {} }: Scripts = {}) {
  const breaker = new ProcessBreaker(isBroken);
  const steps = {
    card: new ScriptedStep('card', { act: [card ?? answers('paid')], ...options }),
    invoice: new ScriptedStep('invoice', { act: [invoice ?? answers('sent')], ...options }),
    ship: new ScriptedStep('ship', { act: [ship ?? answers()] }),
  };
  const saga = scriptedSaga(name, [
    fallback(steps.card, steps.invoice, { failureErrors: [GatewayError], circuitBreaker: breaker }),
    steps.ship,
  ]);
  return { saga, breaker, ...steps };
}

describe('a fallback, recovered by another worker', () => {
  let cluster: EngineCluster;

  beforeAll(async () => {
    cluster = await EngineCluster.create();
  });
  afterAll(() => cluster.close());

  /** Runs the saga in one process up to the gate, ends that process, and gives the saga to another one. */
  const runOver = async (
    gate: StepGate,
    before: ReturnType<typeof orderOf>,
    after: ReturnType<typeof orderOf>,
  ) => {
    const first = await cluster.startProcess([before.saga]);
    const { sagaId } = await first.start({ total: 1 });
    await until('the held act', () => gate.held === 1);
    await cluster.crash(first);
    const second = await cluster.startProcess([after.saga]);
    return { sagaId, outcome: await second.outcome(sagaId) };
  };

  it('continues with the alternative that is recorded, though the primary would work and its breaker is closed', async () => {
    const gate = new StepGate();
    const before = orderOf('failed', false, { card: throws(gatewayDown), invoice: gate.waitsDeaf() });
    const after = orderOf('failed', false);
    const { sagaId, outcome } = await runOver(gate, before, after);

    expect(outcome.status).toBe('completed');
    expect(after.saga.calls).toEqual(['act invoice', 'act ship']);
    expect(after.breaker.asked).toEqual([]);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-failed card -> alternative',
      'claimed from running',
      'act-completed invoice',
      'act-completed ship',
    ]);
  });

  it('continues with the alternative that an open breaker chose, though the breaker here is closed', async () => {
    const gate = new StepGate();
    const before = orderOf('refused', true, { invoice: gate.waitsDeaf() });
    const after = orderOf('refused', false);
    const { sagaId } = await runOver(gate, before, after);

    expect(before.saga.calls).toEqual(['act invoice']);
    expect(after.saga.calls).toEqual(['act invoice', 'act ship']);
    expect((await cluster.load(sagaId)).entries[0]).toMatchObject({
      kind: 'act-failed',
      step: 'card',
      next: 'alternative',
      undo: false,
      error: { name: 'CircuitOpenError' },
    });
  });

  it('undoes the primary that completed, though the breaker here is open by now', async () => {
    const gate = new StepGate();
    const before = orderOf('undone', false, { ship: gate.waitsDeaf() });
    const after = orderOf('undone', true, { ship: throws(new Error('shipping is down')) });
    const { outcome } = await runOver(gate, before, after);

    expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'ship' } });
    expect(after.saga.calls).toEqual(['act ship', 'compensate ship', 'compensate card']);
    expect(after.card.compensateCalls).toMatchObject([{ outcome: 'completed', response: 'paid' }]);
    expect(after.breaker.asked).toEqual([]);
  });

  it('undoes the primary that was under way before it begins the alternative that an open breaker here chooses', async () => {
    const gate = new StepGate();
    const before = orderOf('chosen', false, { card: gate.waitsDeaf() });
    const after = orderOf('chosen', true);
    const { sagaId } = await runOver(gate, before, after);

    expect(after.saga.calls).toEqual(['compensate card', 'act invoice', 'act ship']);
    expect(after.card.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'claimed from running',
      'act-failed card -> undo-first',
      'compensation-completed card',
      'act-completed invoice',
      'act-completed ship',
    ]);
  });

  it('begins the alternative at once with compensateOn "completed", though the primary was under way', async () => {
    const gate = new StepGate();
    const options = { compensateOn: 'completed' } as const;
    const before = orderOf('at-once', false, { card: gate.waitsDeaf(), options });
    const after = orderOf('at-once', true, { options });
    const { sagaId } = await runOver(gate, before, after);

    expect(after.saga.calls).toEqual(['act invoice', 'act ship']);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'claimed from running',
      'act-failed card -> alternative',
      'act-completed invoice',
      'act-completed ship',
    ]);
  });

  it('undoes the primary with compensateOn "attempted" once, before the alternative, though the breaker here refused it', async () => {
    const gate = new StepGate();
    const options = { compensateOn: 'attempted' } as const;
    const before = orderOf('begun', false, { card: gate.waitsDeaf(), options });
    const after = orderOf('begun', true, { ship: throws(new Error('shipping is down')), options });
    const { sagaId } = await runOver(gate, before, after);

    expect(after.saga.calls).toEqual(['compensate card', 'act invoice', 'act ship', 'compensate invoice']);
    expect(after.card.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
    expect((await cluster.load(sagaId)).entries[1]).toMatchObject({
      kind: 'act-failed',
      step: 'card',
      next: 'undo-first',
      undo: true,
      error: { name: 'CircuitOpenError' },
    });
  });

  it('gives the alternative the context as it was before the primary, and undoes only the alternative', async () => {
    const gate = new StepGate();
    const spoils: StepScript = (context) => {
      context['total'] = 0;
      throw gatewayDown;
    };
    const before = orderOf('spoiled', false, { card: spoils, invoice: gate.waitsDeaf() });
    const after = orderOf('spoiled', false, { ship: throws(new Error('shipping is down')) });
    await runOver(gate, before, after);

    expect(after.invoice.actCalls).toMatchObject([{ context: { total: 1 } }]);
    expect(after.saga.calls).toEqual(['act invoice', 'act ship', 'compensate invoice']);
  });

  it("fails with the alternative's error and the primary's as its cause, though each was another worker's", async () => {
    const gate = new StepGate();
    const options = { compensateOn: 'attempted' } as const;
    const before = orderOf('both', false, { card: throws(gatewayDown), invoice: gate.waitsDeaf(), options });
    const after = orderOf('both', false, { invoice: throws(new Error('no invoices either')), options });
    const { outcome } = await runOver(gate, before, after);

    expect(outcome.failure).toMatchObject({
      step: 'invoice',
      message: 'no invoices either',
      cause: { message: 'the gateway is down' },
    });
    expect(before.saga.calls).toEqual(['act card', 'compensate card', 'act invoice']);
    expect(before.card.compensateCalls).toMatchObject([{ outcome: 'failed' }]);
    expect(after.saga.calls).toEqual(['act invoice', 'compensate invoice']);
  });

  it('fails the saga without the alternative at an error that is not one of its own, in any worker', async () => {
    const gate = new StepGate();
    const before = orderOf('foreign', false, { card: gate.waitsDeaf() });
    const after = orderOf('foreign', false, { card: throws(new Error('the card is stolen')) });
    const { outcome } = await runOver(gate, before, after);

    expect(outcome.failure).toMatchObject({ step: 'card', message: 'the card is stolen' });
    expect(after.saga.calls).toEqual(['act card', 'compensate card']);
  });
});
