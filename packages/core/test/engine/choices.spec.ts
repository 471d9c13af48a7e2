import { delay, fallback, sagaSignal, SagaStatus, waitFor } from '@nest-saga/core';
import { choose, when } from '@nest-saga/core/engine';
import type { StartOptions } from '@nest-saga/core';
import {
  changes,
  emits,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { ScriptedStage, SimulatedProcess } from '@nest-saga/testing';

type Order = Record<string, unknown>;

const isGift = (order: Order): boolean => order['isGift'] === true;
const step = (id: string): ScriptedStep => new ScriptedStep(id);

function order(stages: readonly ScriptedStage[]) {
  const saga = scriptedSaga('order', stages);
  return { saga, cluster: new SimulatedCluster([saga]) };
}

async function run(stages: readonly ScriptedStage[], context: Order = {}, options: StartOptions = {}) {
  const { saga, cluster } = order(stages);
  const process = await cluster.startProcess();
  const started = await process.start(context, options);
  const outcome = await cluster.resolve(process.outcome(started), 0);
  return { saga, cluster, process, started, outcome };
}

const gift = (...more: readonly string[]) =>
  when<ScriptedStage, Order>(
    'gift',
    isGift,
    ['wrap', ...more].map((id) => step(id)),
  );

describe('a choice', () => {
  it.each([
    ['first', [gift(), step('ship')]],
    ['in the middle', [step('pack'), gift('card'), step('ship')]],
    ['last', [step('pack'), gift()]],
    ['alone', [gift()]],
  ])('that stands %s is skipped or run, and costs no entry', async (_where, stages) => {
    const others = stages.flatMap((stage) => ('handler' in stage ? [stage.id] : []));
    const without = await run(stages, { isGift: false });
    expect(without.outcome.status).toBe(SagaStatus.Completed);
    expect(without.saga.calls).toEqual(others.map((id) => `act ${id}`));
    // A saga that has no stage at all to run is ended by an entry of its own.
    expect(await without.cluster.journalOf(without.started.sagaId)).toEqual(
      others.length === 0 ? ['settled'] : others.map((id) => `act-completed ${id}`),
    );
    const { saga, cluster, started } = await run(stages, { isGift: true });
    expect(saga.calls).toContain('act wrap');
    expect(await cluster.journalOf(started.sagaId)).toEqual(
      saga.calls.map((call) => call.replace('act ', 'act-completed ')),
    );
  });

  it('sees the context that the step before it left', async () => {
    const pack = new ScriptedStep('pack', { act: [changes((context) => (context['isGift'] = true))] });
    const { saga } = await run([pack, gift(), step('ship')], { isGift: false });
    expect(saga.calls).toEqual(['act pack', 'act wrap', 'act ship']);
  });

  it('keeps its context to itself: a change that its function makes is lost', async () => {
    const seen: unknown[] = [];
    const spy = when<ScriptedStage, Order>(
      'spy',
      (context) => {
        seen.push({ ...context });
        context['spied'] = true;
        return false;
      },
      [step('never')],
    );
    const { cluster, started } = await run([step('pack'), spy, step('ship')], { isGift: true });
    expect(seen).toEqual([{ isGift: true }]);
    const { entries } = await cluster.load(started.sagaId);
    expect(entries.filter((entry) => 'context' in entry && entry.context !== undefined)).toEqual([]);
  });

  it('between several cases runs the one that was selected, with its whole list', async () => {
    const pay = choose<ScriptedStage, Order>('pay', (context) => context['method'] as string, {
      card: fallback(new ScriptedStep('charge', { act: [throws(new Error('down'))] }), step('invoice')),
      account: [step('ask'), step('book')],
      free: [],
    });
    const callsWith = async (method: string) =>
      (await run([step('pack'), pay, step('ship')], { method })).saga.calls;
    expect(await callsWith('account')).toEqual(['act pack', 'act ask', 'act book', 'act ship']);
    expect(await callsWith('free')).toEqual(['act pack', 'act ship']);
    expect(await callsWith('card')).toEqual(['act pack', 'act charge', 'act invoice', 'act ship']);
  });

  it('inside another one is asked only if the saga comes there', async () => {
    const asked: string[] = [];
    const ask = (id: string, answer: boolean, stages: readonly ScriptedStage[]) =>
      when<ScriptedStage, Order>(id, () => (asked.push(id), answer), stages);
    const inner = (answer: boolean) => [ask('inner', answer, [step('a')]), step('b')];
    await run([step('pack'), ask('outer', false, inner(true)), step('ship')]);
    expect(asked.splice(0)).toEqual(['outer']);
    const { saga } = await run([step('pack'), ask('outer', true, inner(false)), step('ship')]);
    expect(asked).toEqual(['outer', 'inner']);
    expect(saga.calls).toEqual(['act pack', 'act b', 'act ship']);
  });

  it('may lead to a wait, and parks the saga with the same entry', async () => {
    const stages = [
      step('pack'),
      when<ScriptedStage, Order>('slow', isGift, [delay('dry', 60_000)]),
      step('ship'),
    ];
    const { saga, cluster } = order(stages);
    const process = await cluster.startProcess();
    const started = await process.start({ isGift: true });
    await cluster.advance(1);
    expect((await cluster.load(started.sagaId)).header).toMatchObject({
      waiting: { for: 'delay', name: 'dry' },
    });
    await cluster.advance(60_001);
    await cluster.resolve(process.outcome(started), 0);
    expect(saga.calls).toEqual(['act pack', 'act ship']);
    expect(await cluster.journalOf(started.sagaId)).toEqual([
      'act-completed pack',
      'claimed from running',
      'wait-ended dry elapsed',
      'act-completed ship',
    ]);
  });

  it('after a wait is made with its end', async () => {
    const asked: unknown[] = [];
    const paid = sagaSignal('paid');
    const stages = [
      waitFor('payment', [paid], { apply: (context: Order) => void (context['isGift'] = true) }),
      when<ScriptedStage, Order>('gift', (context) => (asked.push(context), isGift(context)), [step('wrap')]),
    ];
    const { saga, cluster } = order(stages);
    const process = await cluster.startProcess();
    const started = await process.start({});
    await cluster.advance(1);
    expect(asked).toEqual([]);
    await process.engine.requests.signal(started.sagaId, paid);
    await cluster.resolve(process.outcome(started), 0);
    expect(asked).toEqual([{ isGift: true }]);
    expect(saga.calls).toEqual(['act wrap']);
  });

  it('goes with events of the step before it', async () => {
    const pack = new ScriptedStep('pack', { act: [emits({ packed: 1 })] });
    const { saga, cluster, started } = await run([pack, gift()], { isGift: true });
    expect(saga.calls).toEqual(['act pack', 'act wrap']);
    const { entries } = await cluster.load(started.sagaId);
    expect(entries[0]).toMatchObject({ events: expect.any(String), path: { decisions: { gift: true } } });
  });

  it('leaves no undo of what it skipped', async () => {
    const ship = new ScriptedStep('ship', { act: [throws(new Error('no carrier'))] });
    const { saga, outcome } = await run([step('pack'), gift('card'), ship], { isGift: false });
    expect(outcome.status).toBe(SagaStatus.Failed);
    expect(saga.calls).toEqual(['act pack', 'act ship', 'compensate pack']);
  });
});

describe('a choice that fails', () => {
  const broken = when<ScriptedStage, Order>(
    'gift',
    () => {
      throw new RangeError('no idea');
    },
    [step('wrap')],
  );
  const unknownCase = choose<ScriptedStage, Order>('pay', () => 'cash', { card: step('charge') });

  it('because its function throws is a failed act under its id, and the saga is undone', async () => {
    const { saga, cluster, started, outcome } = await run([step('pack'), broken, step('ship')]);
    expect(outcome).toMatchObject({
      status: SagaStatus.Failed,
      failure: { reason: 'step-failed', step: 'gift', errorName: 'RangeError', message: 'no idea' },
    });
    expect(saga.calls).toEqual(['act pack', 'compensate pack']);
    expect(await cluster.journalOf(started.sagaId)).toEqual([
      'act-completed pack',
      'act-failed gift -> compensate',
      'compensation-completed pack',
    ]);
  });

  it('because no case has the name is one, too, unless it may be skipped', async () => {
    const failed = await run([step('pack'), unknownCase]);
    expect(failed.outcome).toMatchObject({
      status: SagaStatus.Failed,
      failure: { step: 'pay', errorName: 'SagaChoiceError', code: 'SAGA_CHOICE_FAILED' },
    });
    const skipping = { ...unknownCase, otherwise: 'skip' } as const;
    const skipped = await run([step('pack'), skipping, step('ship')]);
    expect(skipped.saga.calls).toEqual(['act pack', 'act ship']);
  });

  it('because its function is asynchronous is one, too: a promise is not an answer', async () => {
    const late = when<ScriptedStage, Order>('late', (async () => true) as never, [step('wrap')]);
    const { outcome } = await run([step('pack'), late]);
    expect(outcome).toMatchObject({
      status: SagaStatus.Failed,
      failure: { step: 'late', errorName: 'TypeError' },
    });
  });

  it.each([
    ['its function throws', broken],
    ['no case has the name', unknownCase],
  ])('before the first step refuses the start if %s: nothing is stored', async (_why, stage) => {
    const { saga, cluster } = order([stage, step('ship')]);
    const process = await cluster.startProcess();
    await expect(process.start({}, { key: 'one' })).rejects.toMatchObject({ code: 'SAGA_CHOICE_FAILED' });
    expect(saga.calls).toEqual([]);
    expect(await cluster.memory.findByKey('order', 'one')).toBeUndefined();
  });
});

describe('a choice and a person', () => {
  it('a cancel before the choice was made puts no stage of it in doubt', async () => {
    const gate = new StepGate();
    const pack = new ScriptedStep('pack', { act: [gate.waitsDeaf()] });
    const { saga, cluster } = order([pack, gift(), step('ship')]);
    const process: SimulatedProcess = await cluster.startProcess();
    const started = await process.start({ isGift: true });
    await cluster.advance(0);
    await process.engine.requests.cancel(started.sagaId, 'no');
    gate.open();
    await cluster.resolve(process.outcome(started), 0);
    expect(saga.calls).toEqual(['act pack', 'compensate pack']);
  });
});
