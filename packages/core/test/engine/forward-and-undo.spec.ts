import { ContextNotStorableError, SagaDefinitionError, SagaFailedError } from '@nest-saga/core';
import { toOutcomeError } from '@nest-saga/core/engine';
import {
  answers,
  changes,
  changesAndThrows,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  throws,
} from '@nest-saga/testing';

const declined = new Error('the card was declined');

describe('a saga that runs forward', () => {
  it('runs its steps in order, each once, and ends COMPLETED', async () => {
    const saga = scriptedSaga('order', [
      new ScriptedStep('reserve'),
      new ScriptedStep('charge'),
      new ScriptedStep('ship'),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({ status: 'completed', failure: undefined, cause: undefined });
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act ship']);
  });

  it('costs one write for each step after the one of its start', async () => {
    const saga = scriptedSaga('order', [new ScriptedStep('reserve'), new ScriptedStep('ship')]);
    const cluster = new SimulatedCluster([saga]);
    const { sagaId } = await cluster.run(await cluster.startProcess());
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve', 'act-completed ship']);
  });

  it('hands the context on from step to step, with what each one changed', async () => {
    const ship = new ScriptedStep('ship');
    const saga = scriptedSaga('order', [
      new ScriptedStep('reserve', { act: [changes((context) => void (context['reservation'] = 'r-1'))] }),
      ship,
    ]);
    const cluster = new SimulatedCluster([saga]);
    const outcome = await cluster.run(await cluster.startProcess(), { total: 1 });
    expect(ship.actCalls[0]?.context).toEqual({ total: 1, reservation: 'r-1' });
    expect(outcome.context).toEqual({ total: 1, reservation: 'r-1' });
  });

  it('writes the context only with the entries of steps that changed it', async () => {
    const saga = scriptedSaga('order', [
      new ScriptedStep('reserve'),
      new ScriptedStep('charge', { act: [changes((context) => void (context['charge'] = 'c-1'))] }),
      new ScriptedStep('book', { compensate: [changes((context) => void (context['booked'] = false))] }),
      new ScriptedStep('ship', { act: [throws(declined)] }),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const { sagaId, context } = await cluster.run(await cluster.startProcess(), { total: 1 });
    const { entries } = await cluster.load(sagaId);
    expect(
      entries.map((entry) => ['step' in entry && entry.step, 'context' in entry && entry.context]),
    ).toEqual([
      ['reserve', false],
      ['charge', '{"total":1,"charge":"c-1"}'],
      ['book', false],
      ['ship', false],
      ['book', '{"total":1,"charge":"c-1","booked":false}'],
      ['charge', false],
      ['reserve', false],
    ]);
    expect(context).toEqual({ total: 1, charge: 'c-1', booked: false });
  });

  it('gives each attempt one key for its effect, another one for its undo, and a token that grows', async () => {
    const reserve = new ScriptedStep('reserve');
    const saga = scriptedSaga('order', [reserve, new ScriptedStep('charge', { act: [throws(declined)] })]);
    const cluster = new SimulatedCluster([saga]);
    const { sagaId } = await cluster.run(await cluster.startProcess());
    expect(reserve.calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
      `${sagaId}:reserve:act`,
      `${sagaId}:reserve:compensate`,
    ]);
    expect(reserve.calls.map(({ fencingToken }) => fencingToken)).toEqual([1, 3]);
  });

  it('is refused if it has no steps', () => {
    expect(() => new SimulatedCluster([scriptedSaga('order', [])]).createProcess()).toThrow(
      SagaDefinitionError,
    );
  });
});

describe('a saga whose step fails', () => {
  it('undoes 2 and then 1 if 3 of 3 fails, and gives the original error as the cause', async () => {
    const saga = scriptedSaga('order', [
      new ScriptedStep('reserve'),
      new ScriptedStep('charge'),
      new ScriptedStep('ship', { act: [throws(declined)] }),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const outcome = await cluster.run(await cluster.startProcess());
    expect(saga.calls).toEqual([
      'act reserve',
      'act charge',
      'act ship',
      'compensate charge',
      'compensate reserve',
    ]);
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'step-failed', step: 'ship' } });
    const error = toOutcomeError(outcome);
    expect(error).toBeInstanceOf(SagaFailedError);
    expect(error?.cause).toBe(declined);
  });

  it('makes the decision to undo durable in the entry of the failure, before anything is undone', async () => {
    const seen: unknown[] = [];
    const reserve = new ScriptedStep('reserve');
    const saga = scriptedSaga('order', [reserve, new ScriptedStep('charge', { act: [throws(declined)] })]);
    const cluster = new SimulatedCluster([saga]);
    reserve.onCall(({ action, sagaId }) => {
      if (action === 'compensate') seen.push(cluster.load(sagaId));
    });
    await cluster.run(await cluster.startProcess());
    await expect(seen[0]).resolves.toMatchObject({
      header: { status: 'compensating', failure: { step: 'charge' } },
      entries: [{ kind: 'act-completed' }, { kind: 'act-failed', next: 'compensate' }],
    });
  });

  it('ends FAILED with no compensation called if the first step fails', async () => {
    const saga = scriptedSaga('order', [
      new ScriptedStep('reserve', { act: [throws(declined)] }),
      new ScriptedStep('ship'),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome.status).toBe('failed');
    expect(saga.calls).toEqual(['act reserve']);
    expect(await cluster.journalOf(outcome.sagaId)).toEqual(['act-failed reserve -> compensate']);
  });

  it('gives each compensation the response of its act', async () => {
    const reserve = new ScriptedStep('reserve', { act: [answers({ id: 'r-1', at: new Date(1) })] });
    const saga = scriptedSaga('order', [reserve, new ScriptedStep('charge', { act: [throws(declined)] })]);
    const cluster = new SimulatedCluster([saga]);
    await cluster.run(await cluster.startProcess());
    expect(reserve.compensateCalls).toMatchObject([
      { outcome: 'completed', response: { id: 'r-1', at: new Date(1) } },
    ]);
  });

  it('loses what the failed act changed in the context', async () => {
    const reserve = new ScriptedStep('reserve');
    const charge = new ScriptedStep('charge', {
      act: [changesAndThrows((context) => void (context['total'] = 99), declined)],
    });
    const saga = scriptedSaga('order', [reserve, charge]);
    const cluster = new SimulatedCluster([saga]);
    const outcome = await cluster.run(await cluster.startProcess(), { total: 1 });
    expect(reserve.compensateCalls[0]?.context).toEqual({ total: 1 });
    expect(outcome.context).toEqual({ total: 1 });
  });

  it('keeps what a compensation changed in the context for the next one', async () => {
    const reserve = new ScriptedStep('reserve');
    const charge = new ScriptedStep('charge', {
      compensate: [changes((context) => void (context['refund'] = 'f-1'))],
    });
    const saga = scriptedSaga('order', [
      reserve,
      charge,
      new ScriptedStep('ship', { act: [throws(declined)] }),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const outcome = await cluster.run(await cluster.startProcess());
    expect(reserve.compensateCalls[0]?.context).toEqual({ refund: 'f-1' });
    expect(outcome.context).toEqual({ refund: 'f-1' });
  });

  it.each([
    ['a text', 'out of stock', { errorName: 'NonError', message: 'a thrown string: out of stock' }],
    ['nothing', undefined, { errorName: 'NonError', message: 'a thrown undefined: undefined' }],
    ['an object', { code: 'E1' }, { code: 'E1' }],
  ])('fails as well if the step throws %s', async (_name, thrown, failure) => {
    const saga = scriptedSaga('order', [new ScriptedStep('reserve', { act: [throws(thrown)] })]);
    const cluster = new SimulatedCluster([saga]);
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'reserve', ...failure } });
  });
});

describe('a context', () => {
  class OrderContext {
    constructor(
      readonly total: number,
      public dueAt: Date = new Date(0),
    ) {}

    isDear(): boolean {
      return this.total > 100;
    }
  }

  it('keeps its class and its dates from step to step', async () => {
    const seen: unknown[] = [];
    const reserve = new ScriptedStep('reserve', {
      act: [changes((context) => void (context['dueAt'] = new Date('2026-05-01T00:00:00Z')))],
    });
    const ship = new ScriptedStep('ship', { act: [(context) => void seen.push(context)] });
    const cluster = new SimulatedCluster([scriptedSaga('order', [reserve, ship], { context: OrderContext })]);
    const outcome = await cluster.run(await cluster.startProcess(), new OrderContext(101));
    const [context] = seen;
    expect(context).toBeInstanceOf(OrderContext);
    expect(context).toEqual(new OrderContext(101, new Date('2026-05-01T00:00:00Z')));
    expect((context as OrderContext).isDear()).toBe(true);
    expect(outcome.context).toEqual(context);
  });

  it('is not shared between steps: what a step keeps of it changes nothing later', async () => {
    const kept: Record<string, unknown>[] = [];
    const ship = new ScriptedStep('ship');
    const saga = scriptedSaga('order', [
      new ScriptedStep('reserve', { act: [(context) => void kept.push(context)] }),
      new ScriptedStep('charge', { act: [() => void Object.assign(kept[0] ?? {}, { total: 99 })] }),
      ship,
    ]);
    const cluster = new SimulatedCluster([saga]);
    await cluster.run(await cluster.startProcess(), { total: 1 });
    expect(ship.actCalls[0]?.context).toEqual({ total: 1 });
  });

  it('that cannot be stored is refused at the start, with its path, and nothing is stored', async () => {
    const cluster = new SimulatedCluster([scriptedSaga('order', [new ScriptedStep('reserve')])]);
    const process = await cluster.startProcess();
    const refused: unknown = await process.start({ lines: [{ price: 1n }] }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ContextNotStorableError);
    expect(refused).toMatchObject({ path: 'context.lines[0].price' });
    await expect(cluster.memory.list({ limit: 10 })).resolves.toMatchObject({ sagas: [] });
  });

  it('that cannot be stored after an act undoes the saga with that error, the step itself first: its effect is there', async () => {
    const charge = new ScriptedStep('charge', {
      act: [changes((context) => void (context['ratio'] = Number.NaN), { chargeId: 'c-1' })],
      retry: { maximumAttempts: 5 },
    });
    const saga = scriptedSaga('order', [new ScriptedStep('reserve'), charge, new ScriptedStep('ship')]);
    const cluster = new SimulatedCluster([saga]);
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { step: 'charge', code: 'SAGA_CONTEXT_NOT_STORABLE' },
    });
    expect(outcome.cause).toMatchObject({ path: 'context.ratio' });
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
    expect(charge.compensateCalls).toMatchObject([
      { outcome: 'completed', response: { chargeId: 'c-1' }, context: {} },
    ]);
  });

  it('leaves a response that cannot be stored to the same end', async () => {
    const charge = new ScriptedStep('charge', { act: [answers(() => 'a function')] });
    const cluster = new SimulatedCluster([scriptedSaga('order', [charge])]);
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'SAGA_CONTEXT_NOT_STORABLE' } });
    expect(outcome.cause).toMatchObject({ path: 'response' });
    expect(charge.compensateCalls).toMatchObject([{ outcome: 'completed', response: undefined }]);
  });
});
