import {
  changes,
  failing,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { SimulatedProcess } from '@nest-saga/testing';

const down = new Error('down');

/** Reserves and charges; the test sets the results of `charge` and of the compensation of `reserve`. */
function orderOf(options: { readonly gate?: StepGate; readonly failures?: number } = {}) {
  const { gate, failures = 0 } = options;
  const retry = { maximumAttempts: 5, initialIntervalMs: 1_000, backoffCoefficient: 1, jitter: 0 };
  return scriptedSaga('order', [
    new ScriptedStep('reserve', {
      act: [changes((context) => (context['reservation'] = 'R1'))],
      compensate: failures === 0 ? [] : failing(5, down),
      compensation: { maximumAttempts: 1, jitter: 0 },
    }),
    new ScriptedStep('charge', {
      act: gate === undefined ? [throws(down)] : [gate.waits()],
      ...(failures === 0 ? { retry } : {}),
    }),
  ]);
}

async function stands(process: SimulatedProcess, sagaId: string) {
  const standing = await process.engine.reader.find(sagaId);
  if (standing === undefined) throw new Error('there is no such saga');
  const { header, context, step, since, recoveries } = standing;
  const start = header.createdAt.getTime();
  return {
    status: header.status,
    context: JSON.parse(context) as unknown,
    step,
    sinceMs: since.getTime() - start,
    recoveries,
  };
}

describe('where a saga stands', () => {
  it('is the step that runs, since when, and the context as the last step left it', async () => {
    const gate = new StepGate();
    const cluster = new SimulatedCluster([orderOf({ gate })]);
    const process = await cluster.startProcess();
    const { sagaId } = await process.start({ item: 'book' });
    await cluster.advance(0);
    expect(gate.held).toBe(1);
    await cluster.advance(500);
    expect(await stands(process, sagaId)).toEqual({
      status: 'running',
      context: { item: 'book', reservation: 'R1' },
      step: 'charge',
      sinceMs: 0,
      recoveries: 0,
    });
    expect((await process.engine.reader.find(sagaId))?.header.context).toBe('{"item":"book"}');
  });

  it('is found by its key, and by no key of another saga', async () => {
    const cluster = new SimulatedCluster([orderOf()]);
    const process = await cluster.startProcess({ worker: false });
    const { sagaId } = await process.enqueue({}, { key: 'cart-1' });
    const { reader } = process.engine;
    expect((await reader.find({ saga: 'order', key: 'cart-1' }))?.header.sagaId).toBe(sagaId);
    expect(await reader.find({ saga: 'trip', key: 'cart-1' })).toBeUndefined();
    await expect(reader.find({ saga: 'order', key: '' })).rejects.toMatchObject({ argument: 'key' });
  });

  it('is empty while it is queued, the first step from its first claim on, and empty after its end', async () => {
    const gate = new StepGate();
    const cluster = new SimulatedCluster([
      scriptedSaga('order', [new ScriptedStep('charge', { act: [gate.waits()] })]),
    ]);
    const asking = await cluster.startProcess({ worker: false });
    const { sagaId } = await asking.enqueue();
    await cluster.advance(2_000);
    expect(await stands(asking, sagaId)).toMatchObject({ status: 'pending', step: undefined, sinceMs: 0 });
    await cluster.startProcess();
    await cluster.advance(0);
    await cluster.advance(0);
    expect(gate.held).toBe(1);
    expect(await stands(asking, sagaId)).toMatchObject({ status: 'running', step: 'charge', sinceMs: 2_000 });
    await cluster.advance(3_000);
    gate.open();
    await cluster.resolve(asking.outcome(sagaId));
    expect(await stands(asking, sagaId)).toMatchObject({
      status: 'completed',
      step: undefined,
      sinceMs: 5_000,
    });
  });

  it('does not change between the attempts of a step', async () => {
    const cluster = new SimulatedCluster([orderOf()]);
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.advance(2_500);
    expect(await stands(process, sagaId)).toMatchObject({ step: 'charge', sinceMs: 0 });
  });

  it('is the step that got it stuck, with what the steps before it left', async () => {
    const cluster = new SimulatedCluster([orderOf({ failures: 1 })]);
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process, { item: 'book' });
    expect(await stands(process, sagaId)).toMatchObject({
      status: 'stuck',
      context: { item: 'book', reservation: 'R1' },
      step: 'reserve',
    });
  });

  it('counts the recoveries since it last got on', async () => {
    const gate = new StepGate();
    const cluster = new SimulatedCluster([orderOf({ gate })]);
    const first = await cluster.startProcess();
    const { sagaId } = await first.start();
    await cluster.advance(0);
    expect(gate.held).toBe(1);
    first.kill();
    const second = await cluster.startProcess();
    await cluster.advance(60_000);
    expect(gate.held).toBe(2);
    expect(await stands(second, sagaId)).toMatchObject({ step: 'charge', sinceMs: 0, recoveries: 1 });
  });

  it('is shown as far as it is known by a process that does not have the saga', async () => {
    const cluster = new SimulatedCluster([orderOf({ failures: 1 })]);
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process, { item: 'book' });
    const other = await cluster.startProcess({ sagas: [scriptedSaga('trip', [new ScriptedStep('fly')])] });
    expect(await stands(other, sagaId)).toMatchObject({
      status: 'stuck',
      context: { item: 'book', reservation: 'R1' },
      step: 'reserve',
      recoveries: undefined,
    });
  });
});
