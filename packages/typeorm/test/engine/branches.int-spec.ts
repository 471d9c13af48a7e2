import { forEach, parallel } from '@nest-saga/core/engine';
import { answers, scriptedSaga, ScriptedStep, StepGate, throws } from '@nest-saga/testing';
import type { StepScript } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';

/** The saga as one process has it: two branches, and then a branch for each line. */
function orderOf(name: string, card: StepScript, line: StepScript, ship: StepScript = answers()) {
  const steps = {
    stock: new ScriptedStep('stock', { act: [answers('in stock')] }),
    card: new ScriptedStep('card', { act: [card] }),
    line: new ScriptedStep('line', { act: [line] }),
    ship: new ScriptedStep('ship', { act: [ship] }),
  };
  const saga = scriptedSaga(name, [
    parallel('prepare', [steps.stock, steps.card], {
      join: (context: object, results: readonly unknown[]) => ({ ...context, results }),
    }),
    forEach('lines', ({ lines }: { lines: readonly string[] }) => lines, steps.line, {
      key: (sku) => sku,
      join: (context, weights) => ({ ...context, weights }),
    }),
    steps.ship,
  ]);
  return { saga, ...steps };
}

const context = { lines: ['A-1', 'B-2'] };
const weighs: StepScript = (_context, { item, index }) => `${String(item)} at ${index}`;

describe('branches in PostgreSQL', () => {
  let cluster: EngineCluster;

  beforeAll(async () => {
    cluster = await EngineCluster.create();
  });
  afterAll(() => cluster.close());

  it('are continued by another worker with the results and the items that the journal has', async () => {
    const gate = new StepGate();
    const before = orderOf('continued', answers('paid'), gate.waits());
    const after = orderOf('continued', answers('paid'), weighs);
    const first = await cluster.startProcess([before.saga]);
    const { sagaId } = await first.start(context);
    await until('both lines', () => gate.held === 2);
    await cluster.crash(first);
    const second = await cluster.startProcess([after.saga]);
    expect(await second.outcome(sagaId)).toMatchObject({
      status: 'completed',
      context: { ...context, results: ['in stock', 'paid'], weights: ['A-1 at 0', 'B-2 at 1'] },
    });
    expect(after.card.calls).toEqual([]);
    expect(after.line.actCalls.map(({ step }) => step)).toEqual(['line[A-1]', 'line[B-2]']);
  });

  it('are undone in reverse of their declared order by another worker', async () => {
    const gate = new StepGate();
    const before = orderOf('undone', answers('paid'), weighs, gate.waits());
    const after = orderOf('undone', answers('paid'), weighs, throws(new Error('no ship')));
    const first = await cluster.startProcess([before.saga]);
    const { sagaId } = await first.start(context);
    await until('the ship', () => gate.held === 1);
    await cluster.crash(first);
    const second = await cluster.startProcess([after.saga]);
    expect(await second.outcome(sagaId)).toMatchObject({ status: 'failed' });
    expect(after.saga.calls.filter((call) => call.startsWith('compensate'))).toEqual([
      'compensate ship',
      'compensate line[B-2]',
      'compensate line[A-1]',
      'compensate card',
      'compensate stock',
    ]);
    expect(after.line.compensateCalls).toMatchObject([{ response: 'B-2 at 1' }, { response: 'A-1 at 0' }]);
  });
});
