import { scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';
import type { SagaOptions } from '@nest-saga/core';

function order(options: Omit<SagaOptions, 'name'> = {}) {
  const saga = scriptedSaga('order', [new ScriptedStep('charge')], options);
  return new SimulatedCluster([saga]);
}

interface Order {
  customer: string;
}
const ofCustomer = (context: Order): readonly string[] => [`customer:${context.customer}`];

describe('the tags of a saga', () => {
  it.each(['start', 'enqueue'] as const)(
    'are those of %s(), each once, and stay to its end',
    async (method) => {
      const cluster = order();
      const process = await cluster.startProcess();
      const started = await process[method]({}, { tags: ['customer:42', 'gift', 'customer:42'] });
      expect((await cluster.load(started.sagaId)).header.tags).toEqual(['customer:42', 'gift']);
      await cluster.resolve(process.outcome(started), 10_000);
      expect((await cluster.load(started.sagaId)).header).toMatchObject({
        status: 'completed',
        tags: ['customer:42', 'gift'],
      });
    },
  );

  it('are also those that its declaration makes of the context', async () => {
    const cluster = order({ tags: ofCustomer });
    const process = await cluster.startProcess();
    const { sagaId } = await process.enqueue({ customer: '42' }, { tags: ['gift', 'customer:42'] });
    expect((await cluster.load(sagaId)).header.tags).toEqual(['gift', 'customer:42']);
    const other = await process.enqueue({ customer: '7' });
    expect((await cluster.load(other.sagaId)).header.tags).toEqual(['customer:7']);
  });

  it('are absent if there are none', async () => {
    const cluster = order({ tags: () => [] });
    const process = await cluster.startProcess();
    const { sagaId } = await process.enqueue({}, { tags: [] });
    expect((await cluster.load(sagaId)).header).not.toHaveProperty('tags');
  });

  it('never change: a start that attaches to the saga ignores its own', async () => {
    const cluster = order();
    const process = await cluster.startProcess();
    const { sagaId } = await process.enqueue({}, { key: 'cart-1', tags: ['first'] });
    expect((await process.enqueue({}, { key: 'cart-1', tags: ['second'] })).sagaId).toBe(sagaId);
    expect((await cluster.load(sagaId)).header.tags).toEqual(['first']);
  });

  it('are made of a copy: their function cannot change what is stored', async () => {
    const cluster = order({
      tags: (context: Order) => {
        context.customer = 'changed';
        return [];
      },
    });
    const process = await cluster.startProcess();
    const { sagaId } = await process.enqueue({ customer: '42' });
    expect((await cluster.load(sagaId)).header.context).toBe('{"customer":"42"}');
  });

  it.each<[string, unknown]>([
    ['no list', 'customer:42'],
    ['an empty text', ['']],
    ['a long text', ['x'.repeat(101)]],
    ['no text', [7]],
    ['a text that no storage holds', ['a\u0000b']],
    ['17 texts', Array.from({ length: 17 }, (_, index) => `tag ${index}`)],
  ])('are refused as %s, and nothing is stored', async (_what, tags) => {
    const refusal = { code: 'SAGA_INVALID_ARGUMENT', argument: 'tags' };
    const given = order();
    const process = await given.startProcess();
    await expect(process.enqueue({}, { tags: tags as string[] })).rejects.toMatchObject(refusal);
    const declared = order({ tags: () => tags as string[] });
    const declaring = await declared.startProcess();
    await expect(declaring.enqueue({})).rejects.toMatchObject(refusal);
    expect((await declared.memory.list({ limit: 10 })).sagas).toEqual([]);
    expect((await given.memory.list({ limit: 10 })).sagas).toEqual([]);
  });

  it('are refused if those of the start and of the declaration are more than 16 together', async () => {
    const cluster = order({ tags: () => ['one', 'two'] });
    const process = await cluster.startProcess();
    const fifteen = Array.from({ length: 15 }, (_, index) => `tag ${index}`);
    await expect(process.enqueue({}, { tags: fifteen })).rejects.toMatchObject({ argument: 'tags' });
    await expect(process.enqueue({}, { tags: fifteen.slice(1) })).resolves.toBeDefined();
  });

  it('refuse the start with the error that their function throws, and nothing is stored', async () => {
    const cluster = order({
      tags: () => {
        throw new RangeError('no customer');
      },
    });
    const process = await cluster.startProcess();
    await expect(process.start({})).rejects.toThrow('no customer');
    expect((await cluster.memory.list({ limit: 10 })).sagas).toEqual([]);
  });
});
