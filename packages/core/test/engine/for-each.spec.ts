import { forEach } from '@nest-saga/core/engine';
import { answers, changes, scriptedSaga, ScriptedStep, SimulatedCluster, StepGate } from '@nest-saga/testing';
import type { ScriptedStepOptions, StepScript } from '@nest-saga/testing';

interface Line {
  readonly sku: string;
}

interface Given {
  readonly each?: ScriptedStepOptions;
  readonly last?: ScriptedStepOptions;
  readonly concurrency?: number;
  readonly undo?: 'reverse' | 'parallel';
  readonly items?: (order: { lines: readonly Line[] }) => readonly Line[];
  readonly isFirst?: boolean;
}

function order({ each = {}, last = {}, items, isFirst = false, ...more }: Given = {}) {
  const reserve = new ScriptedStep('reserve-line', each);
  const lines = forEach('lines', items ?? ((one: { lines: readonly Line[] }) => one.lines), reserve, {
    key: (line) => line.sku,
    join: (context, results) => ({ ...context, results }),
    ...more,
  });
  const first = isFirst ? [] : [new ScriptedStep('first')];
  const saga = scriptedSaga('order', [...first, lines, new ScriptedStep('last', last)]);
  return { saga, reserve, cluster: new SimulatedCluster([saga]) };
}

const linesOf = (...skus: readonly string[]) => ({ lines: skus.map((sku) => ({ sku })) });
const refuses =
  (sku: string): StepScript =>
  (_context, run) => {
    if ((run.item as Line).sku === sku) throw new Error('sold out');
    return `reserved ${run.index}`;
  };

describe('a stage that runs one step for each item', () => {
  it('has a branch for each item, with the item, its index and a key of its own, and joins in their order', async () => {
    const seen: unknown[] = [];
    const { cluster, reserve } = order({
      each: { act: [(_context, { item, index }) => (seen.push([item, index]), `r${index}`)] },
    });
    const process = await cluster.startProcess();
    const started = await process.start(linesOf('A-1', 'B-2'));
    expect(await cluster.resolve(process.outcome(started))).toMatchObject({
      status: 'completed',
      context: { results: ['r0', 'r1'] },
    });
    expect(seen).toEqual([
      [{ sku: 'A-1' }, 0],
      [{ sku: 'B-2' }, 1],
    ]);
    expect(reserve.calls.map(({ step }) => step)).toEqual(['reserve-line[A-1]', 'reserve-line[B-2]']);
    expect(reserve.calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
      `${started.sagaId}:reserve-line[A-1]:act`,
      `${started.sagaId}:reserve-line[B-2]:act`,
    ]);
    expect(await cluster.journalOf(started.sagaId)).toHaveLength(4);
  });

  it.each([false, true])('is skipped without an item, as the first stage, too: %s', async (isFirst) => {
    const { cluster, saga } = order({ isFirst });
    expect(await cluster.run(await cluster.startProcess(), linesOf())).toMatchObject({ status: 'completed' });
    expect(saga.calls).toEqual(isFirst ? ['act last'] : ['act first', 'act last']);
  });

  it('runs a number of items at a time, and one that waits for its next attempt keeps its slot', async () => {
    const gate = new StepGate();
    const { cluster, saga } = order({ each: { act: [gate.waits()] }, concurrency: 2 });
    const process = await cluster.startProcess();
    const started = await process.start(linesOf('A', 'B', 'C', 'D'));
    await cluster.advance(0);
    expect(saga.calls.slice(1)).toEqual(['act reserve-line[A]', 'act reserve-line[B]']);
    gate.open('r');
    await cluster.advance(0);
    expect(saga.calls.slice(3)).toEqual(['act reserve-line[C]', 'act reserve-line[D]']);
    gate.open('r');
    expect(await cluster.resolve(process.outcome(started))).toMatchObject({ status: 'completed' });
  });

  it.each(['reverse', 'parallel'] as const)('is undone with undo "%s" after a refused item', async (undo) => {
    const { cluster, saga, reserve } = order({ each: { act: [refuses('C')] }, undo });
    expect(await cluster.run(await cluster.startProcess(), linesOf('A', 'B', 'C'))).toMatchObject({
      status: 'failed',
      failure: { step: 'reserve-line[C]', message: 'sold out' },
    });
    expect(saga.calls.filter((call) => call.startsWith('compensate'))).toEqual([
      'compensate reserve-line[B]',
      'compensate reserve-line[A]',
      'compensate first',
    ]);
    expect(reserve.compensateCalls.map(({ response }) => response)).toEqual(['reserved 1', 'reserved 0']);
  });

  it('undoes the other items side by side though as many were halted as may run at a time', async () => {
    const stubborn: StepScript = (_context, run) => {
      if ((run.item as Line).sku !== 'A') throw new Error('not now');
    };
    const { cluster, saga } = order({
      each: { compensate: [stubborn], compensation: { maximumAttempts: 1 } },
      last: { act: [() => Promise.reject(new Error('no ship'))] },
      concurrency: 1,
      undo: 'parallel',
    });
    expect(await cluster.run(await cluster.startProcess(), linesOf('A', 'B'))).toMatchObject({
      status: 'stuck',
      stuck: { step: 'reserve-line[B]' },
    });
    expect(saga.calls.slice(-2)).toEqual(['compensate reserve-line[B]', 'compensate reserve-line[A]']);
  });

  it('has in doubt after a crash only the items that had a slot: the others never ran', async () => {
    const gate = new StepGate();
    const { cluster, reserve } = order({ each: { act: [gate.waits()] }, concurrency: 2 });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start(linesOf('A', 'B', 'C', 'D'));
    await cluster.advance(0);
    first.kill();
    await second.engine.requests.cancel(sagaId, 'changed their mind');
    expect(await cluster.resolve(second.outcome(sagaId))).toMatchObject({ status: 'failed' });
    expect(reserve.compensateCalls.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'reserve-line[B] unknown',
      'reserve-line[A] unknown',
    ]);
  });

  it('keeps its items after a crash, whatever the definition would read then', async () => {
    let reads = 0;
    const gate = new StepGate();
    const { cluster, reserve } = order({
      each: { act: [gate.waits(), gate.waits(), answers('r')] },
      items: ({ lines }) => (reads++ === 0 ? lines : []),
    });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start(linesOf('A', 'B'));
    await cluster.advance(0);
    first.kill();
    expect(await cluster.resolve(second.outcome(sagaId))).toMatchObject({
      status: 'completed',
      context: { results: ['r', 'r'] },
    });
    expect([reads, reserve.actCalls.length]).toEqual([1, 4]);
  });

  it.each<[string, readonly Line[] | 'none', string]>([
    ['two items have one key', [{ sku: 'A' }, { sku: 'A' }], 'two items with the key "A"'],
    ['a key has a bracket', [{ sku: 'A]' }], 'without brackets'],
    [
      'there are more than 1,000',
      Array.from({ length: 1_001 }, (_, index) => ({ sku: `${index}` })),
      '1001 items',
    ],
    ['there is no list', 'none', 'has to give a list'],
  ])('fails the saga if %s', async (_what, given, message) => {
    const { cluster, saga } = order({ items: () => given as readonly Line[] });
    expect(await cluster.run(await cluster.startProcess(), linesOf('A'))).toMatchObject({
      status: 'failed',
      failure: { step: 'lines', message: expect.stringContaining(message) as unknown },
    });
    expect(saga.calls).toEqual(['act first', 'compensate first']);
  });

  it('refuses a start as the first stage if its items cannot be branches, and nothing is stored', async () => {
    const { cluster } = order({ isFirst: true });
    const process = await cluster.startProcess();
    await expect(process.start(linesOf('A', 'A'))).rejects.toThrow('two items with the key "A"');
  });

  it('fails an item that changes the context', async () => {
    const { cluster } = order({ each: { act: [changes((context) => (context['lines'] = []))] } });
    expect(await cluster.run(await cluster.startProcess(), linesOf('A'))).toMatchObject({
      status: 'failed',
      failure: { code: 'SAGA_BRANCH_CHANGED_CONTEXT' },
    });
  });
});
