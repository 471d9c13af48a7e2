import { maximumBytesRead } from '@nest-saga/core/engine';
import {
  changes,
  FaultyStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
} from '@nest-saga/testing';

/** A text nearly as long as a context may be. */
const large = 'x'.repeat(1_000_000);

/** Measures how much of a journal each read returned. */
class MeasuredStorage extends FaultyStorage {
  readonly sizes: number[] = [];

  override async load(sagaId: string, afterSeq?: number) {
    const loaded = await super.load(sagaId, afterSeq);
    this.sizes.push(JSON.stringify(loaded?.entries ?? []).length);
    return loaded;
  }
}

describe('a journal with large contexts', () => {
  const grow = (seed: number) =>
    changes((context) => {
      context['text'] = `${seed}${large}`;
    });
  const growing = (count: number): readonly ScriptedStep[] =>
    Array.from({ length: count }, (_, index) => new ScriptedStep(`step-${index}`, { act: [grow(index)] }));

  const open = async (steps: readonly ScriptedStep[]) => {
    const cluster = new SimulatedCluster([scriptedSaga('order', steps)]);
    const storage = new MeasuredStorage(cluster.memory);
    return { cluster, storage, process: await cluster.startProcess({ storage }) };
  };

  it('is read in parts for its history, which has every context', async () => {
    const { cluster, storage, process } = await open(growing(12));
    const { sagaId } = await cluster.run(process, { text: '' });
    const history = await process.engine.reader.history(sagaId);
    expect(history.map(({ seq }) => seq)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(history.filter((entry) => 'context' in entry && entry.context !== undefined)).toHaveLength(12);
    expect(storage.sizes.length).toBeGreaterThan(2);
    expect(Math.max(...storage.sizes)).toBeLessThan(maximumBytesRead + 2 * large.length);
  });

  it('is read without contexts for a request, and by its owner from the last entry that it knows', async () => {
    const gate = new StepGate();
    const { cluster, storage, process } = await open([
      ...growing(6),
      new ScriptedStep('last', { act: [gate.waits()] }),
    ]);
    const { sagaId } = await process.start({ text: '' });
    await cluster.advance(0);
    await cluster.resolve(process.engine.requests.cancel(sagaId, 'not wanted any more'));
    gate.open();
    const outcome = await cluster.resolve(process.outcome(sagaId));
    expect(outcome.status).toBe('failed');
    expect(storage.callsOf('load')).toBeGreaterThan(0);
    expect(Math.max(...storage.sizes)).toBeLessThan(10_000);
  });
});
