import { fallback, InDoubtError } from '@nest-saga/core';
import type { StepOutcome } from '@nest-saga/core';
import { parallel } from '@nest-saga/core/engine';
import type { ParallelOptions } from '@nest-saga/core/engine';
import {
  answers,
  changes,
  emits,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

const refused = new Error('refused');

type Scripts = Readonly<Record<string, ScriptedStepOptions>>;

function order(
  scripts: Scripts = {},
  options: ParallelOptions<Record<string, unknown>, unknown[]> = {},
  maximumRecoveryAttempts = 5,
) {
  const step = (id: string) => new ScriptedStep(id, scripts[id] ?? {});
  const steps = { a: step('a'), b: step('b'), c: step('c') };
  const stage = parallel('prepare', [steps.a, steps.b, steps.c], options);
  const stages = [step('first'), stage, step('last')];
  const saga = scriptedSaga('order', stages, { maximumRecoveryAttempts });
  return { saga, steps, cluster: new SimulatedCluster([saga]) };
}

const undoneIn = ({ saga }: { readonly saga: { readonly calls: readonly string[] } }) =>
  saga.calls.filter((call) => call.startsWith('compensate')).map((call) => call.slice('compensate '.length));

describe('a stage whose branches run side by side', () => {
  it('begins all branches in declared order, and the next stage when all have completed, in n commits', async () => {
    const gates = { a: new StepGate(), b: new StepGate(), c: new StepGate() };
    const world = order({
      a: { act: [gates.a.waits()] },
      b: { act: [gates.b.waits()] },
      c: { act: [gates.c.waits()] },
    });
    const { cluster, saga } = world;
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    expect(saga.calls).toEqual(['act first', 'act a', 'act b', 'act c']);
    gates.c.open();
    await cluster.advance(0);
    gates.a.open();
    await cluster.advance(0);
    expect(saga.calls).not.toContain('act last');
    gates.b.open();
    expect(await cluster.resolve(process.outcome(started))).toMatchObject({ status: 'completed' });
    expect(await cluster.journalOf(started.sagaId)).toEqual([
      'act-completed first',
      'act-completed c',
      'act-completed a',
      'act-completed b',
      'act-completed last',
    ]);
  });

  it('leaves no gap in the journal if branches are done in one tick', async () => {
    const gate = new StepGate();
    const script = { act: [gate.waits()] };
    const { cluster } = order({ a: script, b: script, c: script });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    gate.open();
    expect(await cluster.resolve(process.outcome(started))).toMatchObject({ status: 'completed' });
    const { entries } = await cluster.load(started.sagaId);
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it('joins the results in declared order into the context of the next step', async () => {
    const world = order(
      { a: { act: [answers('A')] }, b: { act: [answers()] }, c: { act: [answers({ c: 1 })] } },
      { join: (context, results) => ({ ...context, results: results.map((one) => one ?? null) }) },
    );
    const last = world.saga.steps.at(-1) as ScriptedStep;
    expect(await world.cluster.run(await world.cluster.startProcess())).toMatchObject({
      status: 'completed',
      context: { results: ['A', null, { c: 1 }] },
    });
    expect(last.actCalls).toMatchObject([{ context: { results: ['A', null, { c: 1 }] } }]);
  });

  it('fails if join throws, and undoes every branch', async () => {
    const world = order(
      {},
      {
        join: () => {
          throw refused;
        },
      },
    );
    const outcome = await world.cluster.run(await world.cluster.startProcess());
    expect(outcome).toMatchObject({ status: 'failed', failure: { message: 'refused' } });
    expect(undoneIn(world)).toEqual(['c', 'b', 'a', 'first']);
  });

  it('fails a branch that changes the context, with the path that changed, and undoes its effect', async () => {
    const world = order({
      first: { act: [changes((context) => (context['lines'] = [{ sku: 'x' }]))] },
      b: { act: [changes((context) => ((context['lines'] as { sku: string }[])[0] = { sku: 'y' }))] },
    });
    expect(await world.cluster.run(await world.cluster.startProcess())).toMatchObject({
      status: 'failed',
      failure: { step: 'b', message: expect.stringContaining('context.lines[0].sku') as unknown },
    });
    expect(undoneIn(world)).toEqual(['c', 'b', 'a', 'first']);
  });

  it('is undone in reverse of the declared order, not of their ends, when its siblings have ended', async () => {
    const gates = { a: new StepGate(), c: new StepGate() };
    const world = order({
      a: { act: [gates.a.waits()] },
      b: { act: [throws(refused)] },
      c: { act: [gates.c.waits()] },
    });
    const process = await world.cluster.startProcess();
    const started = await process.start();
    await world.cluster.advance(0);
    gates.c.open();
    await world.cluster.advance(0);
    expect(undoneIn(world)).toEqual([]);
    gates.a.open();
    expect(await world.cluster.resolve(process.outcome(started))).toMatchObject({ status: 'failed' });
    expect(undoneIn(world)).toEqual(['c', 'a', 'first']);
    expect(await world.cluster.journalOf(started.sagaId)).toEqual([
      'act-completed first',
      'act-failed b -> compensate',
      'act-completed c',
      'act-completed a',
      'compensation-completed c',
      'compensation-completed a',
      'compensation-completed first',
    ]);
  });

  it('repeats no sibling after the first failure, and begins none that waits for its next attempt', async () => {
    const gate = new StepGate();
    const retry = { maximumAttempts: 5, initialIntervalMs: 1_000 };
    const world = order({
      a: { act: [throws(refused)], retry },
      b: { act: [gate.waits()], retry },
      c: { act: [gate.waits()] },
    });
    const process = await world.cluster.startProcess();
    const started = await process.start();
    await world.cluster.advance(0);
    world.steps.c.rescript({});
    gate.break(refused);
    await world.cluster.resolve(process.outcome(started));
    // b is first in the tick and is retried; then c fails for good, and neither a nor b is called again.
    expect(world.saga.calls.filter((call) => call.startsWith('act'))).toEqual([
      'act first',
      'act a',
      'act b',
      'act c',
    ]);
    expect(await world.cluster.journalOf(started.sagaId)).toEqual([
      'act-completed first',
      'act-failed a -> retry',
      'act-failed b -> retry',
      'act-failed c -> compensate',
      'branches-abandoned a, b',
      'compensation-completed first',
    ]);
  });

  it('fires the signals of the siblings with onFailure "abort"', async () => {
    const gate = new StepGate();
    const world = order(
      { a: { act: [gate.waits()] }, b: { act: [throws(refused)] }, c: { act: [gate.waits()] } },
      { onFailure: 'abort' },
    );
    expect(await world.cluster.run(await world.cluster.startProcess())).toMatchObject({
      status: 'failed',
      failure: { step: 'b' },
    });
    expect(gate.abortReasons).toMatchObject([{ reason: 'sibling-failed' }, { reason: 'sibling-failed' }]);
    expect(undoneIn(world)).toEqual(['c', 'a', 'first']);
    expect(world.steps.a.compensateCalls.map(({ outcome }): StepOutcome | undefined => outcome)).toEqual([
      'unknown',
    ]);
  });

  it('ends with a cancel: signals, then the decision and the undo', async () => {
    const gate = new StepGate();
    const world = order({ a: { act: [gate.waits()] }, c: { act: [gate.waits()] } });
    const process = await world.cluster.startProcess();
    const started = await process.start();
    await world.cluster.advance(0);
    await process.engine.requests.cancel(started.sagaId, 'changed their mind');
    expect(await world.cluster.resolve(process.outcome(started))).toMatchObject({
      status: 'failed',
      failure: { reason: 'cancelled' },
    });
    expect(gate.abortReasons).toMatchObject([{ reason: 'cancelled' }, { reason: 'cancelled' }]);
    expect(undoneIn(world)).toEqual(['c', 'b', 'a', 'first']);
  });

  it('has exactly the branches with an unknown fate undone after a crash and a failure', async () => {
    const gate = new StepGate();
    const world = order({
      a: { act: [gate.waits(), throws(refused)] },
      b: { act: [answers()] },
      c: { act: [throws(refused)], retry: { maximumAttempts: 2, initialIntervalMs: 600_000 } },
    });
    const { cluster, steps } = world;
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    expect(await cluster.resolve(second.outcome(sagaId))).toMatchObject({ status: 'failed' });
    expect(steps.b.actCalls).toHaveLength(1);
    expect(steps.c.compensateCalls).toEqual([]);
    expect(steps.a.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
    expect(undoneIn(world)).toEqual(['b', 'a', 'first']);
  });

  it('continues after a crash with the open branches alone, by their keys', async () => {
    const gate = new StepGate();
    const world = order({ a: { act: [gate.waits(), answers()] } });
    const { cluster, steps } = world;
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    expect(await cluster.resolve(second.outcome(sagaId))).toMatchObject({ status: 'completed' });
    expect([steps.a, steps.b, steps.c].map(({ actCalls }) => actCalls.length)).toEqual([2, 1, 1]);
    expect(new Set(steps.a.actCalls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('settles what an owner that died left behind the point of no return', async () => {
    const gate = new StepGate();
    const world = order({ a: { act: [gate.waits()] }, b: { act: [throws(refused)] } });
    const { cluster } = world;
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    expect(await cluster.resolve(second.outcome(sagaId))).toMatchObject({ status: 'failed' });
    expect(world.steps.a.actCalls).toHaveLength(1);
    expect(undoneIn(world)).toEqual(['c', 'a', 'first']);
    expect(await cluster.journalOf(sagaId)).toContain('branches-abandoned a');
  });

  it('is undone side by side with undo "parallel", and the earlier stages after it', async () => {
    const gate = new StepGate();
    const held = { compensate: [gate.waits()] };
    const world = order(
      { a: held, b: held, c: held, last: { act: [throws(refused)] } },
      { undo: 'parallel' },
    );
    const process = await world.cluster.startProcess();
    const started = await process.start();
    await world.cluster.advance(0);
    expect(undoneIn(world)).toEqual(['c', 'b', 'a']);
    gate.open();
    expect(await world.cluster.resolve(process.outcome(started))).toMatchObject({ status: 'failed' });
    expect(undoneIn(world)).toEqual(['c', 'b', 'a', 'first']);
  });

  it('is STUCK when the others have ended if an undo of several is halted, and continues with it alone', async () => {
    const gate = new StepGate();
    const world = order(
      {
        a: { compensate: [gate.waits()] },
        b: { compensate: [throws(refused), answers()], compensation: { maximumAttempts: 1 } },
        last: { act: [throws(refused)] },
      },
      { undo: 'parallel' },
    );
    const { cluster } = world;
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    expect((await cluster.load(started.sagaId)).header.status).toBe('compensating');
    gate.open();
    expect(await cluster.resolve(process.outcome(started))).toMatchObject({
      status: 'stuck',
      stuck: { step: 'b' },
    });
    await process.engine.requests.retry(started.sagaId, 'ada');
    expect(await cluster.resolve(process.outcome(started.sagaId))).toMatchObject({ status: 'failed' });
    expect(undoneIn(world)).toEqual(['c', 'b', 'a', 'b #2', 'first']);
  });

  it('parks when nothing runs and a branch waits long, and the attempt of that branch follows', async () => {
    const retry = {
      maximumAttempts: 2,
      initialIntervalMs: 3_600_000,
      maximumIntervalMs: 3_600_000,
      jitter: 0,
    };
    const world = order({ b: { act: [throws(refused), answers()], retry } });
    const { cluster } = world;
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    expect((await cluster.load(started.sagaId)).header).toMatchObject({
      owner: undefined,
      waiting: { for: 'retry', name: 'b' },
    });
    expect(await cluster.resolve(process.outcome(started.sagaId))).toMatchObject({ status: 'completed' });
    expect(world.saga.calls.filter((call) => call.startsWith('act b'))).toEqual(['act b', 'act b #2']);
  });

  it('continues while one branch takes its alternative, and never has both effects of that branch', async () => {
    const [card, invoice] = [
      new ScriptedStep('card', { act: [throws(new InDoubtError('504'))] }),
      new ScriptedStep('invoice'),
    ];
    const saga = scriptedSaga('order', [
      parallel('prepare', [new ScriptedStep('reserve'), fallback(card, invoice)]),
      new ScriptedStep('ship', { act: [throws(refused)] }),
    ]);
    const cluster = new SimulatedCluster([saga]);
    expect(await cluster.run(await cluster.startProcess())).toMatchObject({ status: 'failed' });
    expect(saga.calls).toEqual([
      'act reserve',
      'act card',
      'compensate card',
      'act invoice',
      'act ship',
      'compensate invoice',
      'compensate reserve',
    ]);
  });

  it('lets a person record that the last branch was done, and joins the results then', async () => {
    const gate = new StepGate();
    const world = order(
      { a: { act: [gate.waits()] }, b: { act: [answers('B')] } },
      { join: (_context, results) => ({ results: results.map((one) => one ?? 'by hand') }) },
      0,
    );
    const { cluster } = world;
    const [first, last] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    expect(await cluster.resolve(last.outcome(sagaId))).toMatchObject({
      status: 'stuck',
      stuck: { step: 'a' },
    });
    await last.engine.requests.resolveStep(sagaId, 'a', 'ada', 'seen in the warehouse', 'done');
    expect(await cluster.resolve(last.outcome(sagaId))).toMatchObject({
      status: 'completed',
      context: { results: ['by hand', 'B', 'by hand'] },
    });
  });

  it('keeps the events of every branch', async () => {
    const world = order({ a: { act: [emits({ from: 'a' })] }, b: { act: [emits({ from: 'b' })] } });
    const process = await world.cluster.startProcess();
    const started = await process.start();
    await world.cluster.resolve(process.outcome(started));
    const { entries } = await world.cluster.load(started.sagaId);
    const events = entries.flatMap((entry) =>
      'events' in entry && entry.events !== undefined ? [entry.events] : [],
    );
    expect(events).toEqual(['[{"event":{"from":"a"}}]', '[{"event":{"from":"b"}}]']);
  });
});
