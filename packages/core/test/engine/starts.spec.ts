import {
  InvalidArgumentError,
  jsonContextCodec,
  SagaConflictError,
  SagaNotFoundError,
  SagaNotRegisteredError,
  SagaBusyError,
  SagaShuttingDownError,
} from '@nest-saga/core';
import type { ContextCodec } from '@nest-saga/core';
import {
  changes,
  FaultyStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

const sagaId = '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41';

function order(charge: ScriptedStepOptions = {}) {
  const saga = scriptedSaga('order', [
    new ScriptedStep('charge', charge),
    new ScriptedStep('ship', { act: [changes((context) => void (context['shipped'] = true))] }),
  ]);
  return { saga, cluster: new SimulatedCluster([saga]) };
}

describe('two starts with one id', () => {
  it.each([
    ['of one process', 1],
    ['of two processes', 2],
  ])('%s at the same moment are one execution, and both get its outcome', async (_name, count) => {
    const { saga, cluster } = order();
    const first = await cluster.startProcess();
    const second = count === 1 ? first : await cluster.startProcess();
    const outcomes = await cluster.resolve(
      Promise.all(
        [first, second].map(async (process) =>
          process.outcome(await process.start({ total: 1 }, { sagaId })),
        ),
      ),
    );
    expect(outcomes[0]).toMatchObject({ status: 'completed', context: { total: 1, shipped: true } });
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(saga.calls).toEqual(['act charge', 'act ship']);
  });

  it('are one if the first is tried again by the storage while the second is stored', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waits()] });
    const storage = new FaultyStorage(cluster.memory);
    const process = await cluster.startProcess({ storage });
    storage.inject({ method: 'start', outcome: 'not-written', times: 1 });
    const first = process.start({}, { sagaId });
    await cluster.advance(0);
    await process.start({}, { sagaId });
    await cluster.advance(1_000);
    gate.open();
    const outcome = await cluster.resolve(first.then((started) => process.outcome(started)));
    expect(outcome.status).toBe('completed');
    expect(saga.calls).toEqual(['act charge', 'act ship']);
  });

  it('are one if the first has ended long ago', async () => {
    const { saga, cluster } = order();
    const first = await cluster.run(await cluster.startProcess(), {}, { sagaId });
    const second = await cluster.run(await cluster.startProcess(), {}, { sagaId });
    expect(second).toEqual(first);
    expect(saga.calls).toHaveLength(2);
  });

  it('get the same failure, the second one as it was recorded', async () => {
    const declined = Object.assign(new Error('declined'), { code: 'E_DECLINED' });
    const { cluster } = order({ act: [throws(declined)] });
    const first = await cluster.run(await cluster.startProcess(), {}, { sagaId });
    const second = await cluster.run(await cluster.startProcess(), {}, { sagaId });
    expect(first.cause).toBe(declined);
    expect(second).toMatchObject({ status: 'failed', cause: { message: 'declined', code: 'E_DECLINED' } });
  });

  it('are one whatever the letters of the id and the order of the keys', async () => {
    const { saga, cluster } = order();
    const process = await cluster.startProcess();
    await cluster.run(process, { total: 1, lines: [{ item: 'a', price: 2 }] }, { sagaId });
    await cluster.run(
      process,
      { lines: [{ price: 2, item: 'a' }], total: 1 },
      { sagaId: sagaId.toUpperCase() },
    );
    expect(saga.calls).toHaveLength(2);
  });

  it('are refused if their contexts differ, and the first one continues', async () => {
    const { saga, cluster } = order();
    const process = await cluster.startProcess();
    const first = await process.start({ total: 1 }, { sagaId });
    const refused: unknown = await process.start({ total: 2 }, { sagaId }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SagaConflictError);
    expect(refused).toMatchObject({ code: 'SAGA_CONFLICT', conflict: 'context', sagaId });
    expect((await cluster.resolve(process.outcome(first))).context).toEqual({ total: 1, shipped: true });
    expect(saga.calls).toHaveLength(2);
  });

  it('are refused if they mean different sagas', async () => {
    const { saga, cluster } = order();
    const process = await cluster.startProcess({
      sagas: [saga, scriptedSaga('refund', [new ScriptedStep('pay')])],
    });
    await cluster.run(process, {}, { sagaId });
    await expect(process.start({}, { saga: 'refund', sagaId })).rejects.toMatchObject({ conflict: 'saga' });
  });

  it.each([
    ['none', undefined],
    ['another', 'order-16'],
  ])(
    'are refused if the second brings a key and the saga has %s: one key is one execution',
    async (_name, key) => {
      const { saga, cluster } = order();
      const process = await cluster.startProcess();
      await cluster.run(process, {}, { sagaId, ...(key === undefined ? {} : { key }) });
      const again = process.start({}, { sagaId, key: 'order-17' });
      await expect(again).rejects.toMatchObject({ code: 'SAGA_CONFLICT', conflict: 'key', sagaId });

      const byKey = await process.start({}, { key: 'order-17' });
      expect(byKey.sagaId).not.toBe(sagaId);
      await cluster.resolve(process.outcome(byKey));
      expect(saga.calls).toHaveLength(4);
    },
  );

  it('are one if only the first brings a key', async () => {
    const { saga, cluster } = order();
    const process = await cluster.startProcess();
    await cluster.run(process, {}, { sagaId, key: 'order-17' });
    await cluster.run(process, {}, { sagaId });
    await cluster.run(process, {}, { key: 'order-17' });
    expect(saga.calls).toHaveLength(2);
  });

  it('are refused if the caller wants a new one', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess();
    await cluster.run(process, {}, { sagaId });
    const again = process.start({}, { sagaId, onConflict: 'reject' });
    await expect(again).rejects.toMatchObject({ code: 'SAGA_CONFLICT', conflict: 'exists' });
  });
});

describe('two starts of a saga whose codec writes the same in another way each time', () => {
  /** A codec that never returns the same text twice, as encryption does. */
  function salted(): ContextCodec {
    let salt = 0;
    return {
      encode: (value, path) => JSON.stringify({ salt: ++salt, sealed: jsonContextCodec.encode(value, path) }),
      decode: (json) => jsonContextCodec.decode((JSON.parse(json) as { readonly sealed: string }).sealed),
    };
  }

  function sealedOrder(codec = salted()) {
    const saga = scriptedSaga('order', [new ScriptedStep('charge')], { codec });
    return { saga, cluster: new SimulatedCluster([saga]) };
  }

  it.each([
    ['id', { sagaId }],
    ['key', { key: 'order-1' }],
  ])('are one execution with one %s and one context', async (_name, options) => {
    const { saga, cluster } = sealedOrder();
    const process = await cluster.startProcess();
    const dueAt = new Date(5);
    const first = await cluster.run(process, { total: 1, dueAt }, options);
    const second = await cluster.run(process, { dueAt, total: 1 }, options);
    expect(second).toEqual(first);
    expect(saga.calls).toEqual(['act charge']);
  });

  it.each([
    ['another value', { total: 2, dueAt: new Date(5) }],
    ['another date', { total: 1, dueAt: new Date(6) }],
    ['one value more', { total: 1, dueAt: new Date(5), note: 'fragile' }],
  ])('are refused if one has %s', async (_name, other) => {
    const { cluster } = sealedOrder();
    const process = await cluster.startProcess();
    await cluster.run(process, { total: 1, dueAt: new Date(5) }, { sagaId });
    await expect(process.start(other, { sagaId })).rejects.toMatchObject({ conflict: 'context' });
  });

  it('are refused if the first context cannot be read here, because it is unknown whether it is the same', async () => {
    const codec = salted();
    const { saga, cluster } = sealedOrder(codec);
    await cluster.run(await cluster.startProcess(), {}, { sagaId });
    const blind = { ...codec, decode: () => throwing('the key is not there') };
    const steps = [new ScriptedStep('charge')];
    const other = await cluster.startProcess({ sagas: [scriptedSaga('order', steps, { codec: blind })] });
    const refused: unknown = await other.start({}, { sagaId }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'SAGA_CONFLICT',
      conflict: 'context',
      cause: { message: 'the key is not there' },
    });
    expect(saga.calls).toEqual(['act charge']);
  });
});

function throwing(message: string): never {
  throw new Error(message);
}

describe('starts with one key', () => {
  it('are one execution, under the id of the first', async () => {
    const { saga, cluster } = order();
    const processes = [await cluster.startProcess(), await cluster.startProcess()];
    const starts = Array.from({ length: 8 }, () =>
      processes.map((process) => process.start({ total: 1 }, { key: 'order-1' })),
    );
    const started = await cluster.resolve(Promise.all(starts.flat()));
    const ids = new Set(started.map((one) => one.sagaId));
    expect(ids.size).toBe(1);
    await cluster.resolve(
      processes[0]?.outcome([...ids][0] ?? '') ?? Promise.reject(new Error('unreachable')),
    );
    expect(saga.calls).toEqual(['act charge', 'act ship']);
  });

  it('are refused if their contexts differ', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess();
    await cluster.run(process, { total: 1 }, { key: 'order-1' });
    await expect(process.start({ total: 2 }, { key: 'order-1' })).rejects.toMatchObject({
      conflict: 'context',
    });
  });
});

describe('a start', () => {
  it('is durable when it resolves', async () => {
    const { cluster } = order({ act: [new StepGate().waits()] });
    const started = await (await cluster.startProcess()).start({ total: 1 });
    await expect(cluster.memory.find(started.sagaId)).resolves.toMatchObject({ status: 'running' });
  });

  it('waits for a slot if all are in use, and the first start that waits gets the first slot', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waits()] });
    const process = await cluster.startProcess({ concurrency: 2 });
    const order4 = ['a', 'b', 'c', 'd'].map((name) => process.start({ name }));
    await cluster.advance(0);
    expect(gate.held).toBe(2);
    expect(saga.calls).toHaveLength(2);
    gate.open();
    await cluster.advance(0);
    expect(gate.held).toBe(2);
    gate.open();
    const started = await cluster.resolve(Promise.all(order4));
    await cluster.resolve(Promise.all(started.map((one) => process.outcome(one))));
    const charge = saga.steps[0] as ScriptedStep;
    expect(charge.calls.map(({ context }) => context)).toEqual([
      { name: 'a' },
      { name: 'b' },
      { name: 'c' },
      { name: 'd' },
    ]);
  });

  it('is refused as busy if no slot becomes free in time: nothing is stored, and a later one gets the slot', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waits()] });
    const process = await cluster.startProcess({ concurrency: 1, busyTimeoutMs: 2_000 });
    await process.start({ name: 'a' });
    const refused = process.start({ name: 'b' }).catch((error: unknown) => error);
    await cluster.advance(1_999);
    const waiting = process.start({ name: 'c' });
    await cluster.advance(1);
    expect(await refused).toBeInstanceOf(SagaBusyError);
    expect(await refused).toMatchObject({ code: 'SAGA_BUSY', waitedMs: 2_000 });
    await expect(cluster.memory.list({ limit: 10 })).resolves.toMatchObject({ sagas: [{}] });
    gate.open();
    await cluster.resolve(waiting, 1_000);
    const charge = saga.steps[0] as ScriptedStep;
    expect(charge.calls.map(({ context }) => context)).toEqual([{ name: 'a' }, { name: 'c' }]);
  });

  it('that waits for a slot is refused by a process that begins to shut down, not as busy', async () => {
    const { cluster } = order({ act: [new StepGate().waits()] });
    const process = await cluster.startProcess({ concurrency: 1, busyTimeoutMs: 2_000 });
    await process.start();
    const refused = process.start().catch((error: unknown) => error);
    await cluster.advance(0);
    void process.engine.close();
    await cluster.advance(2_000);
    expect(await refused).toBeInstanceOf(SagaShuttingDownError);
  });

  it('of a saga that is not registered is refused', async () => {
    const process = await order().cluster.startProcess();
    await expect(process.start({}, { saga: 'refund' })).rejects.toBeInstanceOf(SagaNotRegisteredError);
  });

  it.each([
    ['an id that is not a UUID', { sagaId: 'order-1' }],
    ['an empty key', { key: '' }],
    ['a key that cannot be stored', { key: 'order\u0000' }],
    ['a long key', { key: 'x'.repeat(201) }],
  ])('with %s is refused, and nothing is stored', async (_name, options) => {
    const { cluster } = order();
    const process = await cluster.startProcess();
    await expect(process.start({}, options)).rejects.toBeInstanceOf(InvalidArgumentError);
    await expect(cluster.memory.list({ limit: 1 })).resolves.toMatchObject({ sagas: [] });
  });

  it('is refused by a process that shuts down', async () => {
    const process = await order().cluster.startProcess();
    await process.engine.close();
    await expect(process.start()).rejects.toBeInstanceOf(SagaShuttingDownError);
    await expect(process.enqueue()).rejects.toBeInstanceOf(SagaShuttingDownError);
  });
});

describe('a queued saga', () => {
  it('is run by any process that claims it, and its starter sees how it ends', async () => {
    const { saga, cluster } = order();
    const starter = await cluster.startProcess({ worker: false });
    const worker = await cluster.startProcess();
    const { sagaId: queued } = await starter.enqueue({ total: 1 });
    const outcome = await cluster.resolve(starter.outcome(queued), 5_000);
    expect(outcome).toMatchObject({ status: 'completed', context: { total: 1, shipped: true } });
    expect(worker.listener.ofType('claimed')).toMatchObject([{ sagaId: queued }]);
    expect(saga.calls).toHaveLength(2);
  });

  it('is what a start becomes in a process that runs nothing', async () => {
    const { cluster } = order();
    const starter = await cluster.startProcess({ worker: false });
    const started = await starter.start({ total: 1 });
    await expect(cluster.memory.find(started.sagaId)).resolves.toMatchObject({ status: 'pending' });
    await cluster.startProcess();
    expect((await cluster.resolve(starter.outcome(started))).status).toBe('completed');
  });

  it('waits for a process that knows it', async () => {
    const { saga, cluster } = order();
    const starter = await cluster.startProcess({ worker: false });
    const { sagaId: queued } = await starter.enqueue();
    await cluster.startProcess({ sagas: [scriptedSaga('refund', [new ScriptedStep('pay')])] });
    await cluster.advance(600_000);
    expect(saga.calls).toEqual([]);
    await cluster.startProcess();
    expect((await cluster.resolve(starter.outcome(queued))).status).toBe('completed');
  });
});

describe('the results of a saga', () => {
  it('replays everything and follows then, in a process that does not run it', async () => {
    const gate = new StepGate();
    const { cluster } = order({ act: [gate.waits()] });
    const [owner, other] = [await cluster.startProcess(), await cluster.startProcess()];
    const started = await owner.start();
    await cluster.advance(0);
    const results = other.results(started.sagaId);
    gate.open('paid');
    await cluster.resolve(other.outcome(started.sagaId));
    await cluster.advance(2_000);
    expect(results).toMatchObject([
      { seq: 1, step: 'charge', action: 'act', status: 'completed', response: 'paid' },
      { seq: 2, step: 'ship' },
    ]);
    expect(results).toEqual(owner.listener.ofType('step').map(({ result }) => result));
  });

  it('are complete for a watcher that comes after its end', async () => {
    const { cluster } = order({ act: [throws(new Error('declined'))] });
    const process = await cluster.startProcess();
    const { sagaId: ended } = await cluster.run(process);
    const results = process.results(ended);
    await cluster.advance(1_000);
    expect(results).toMatchObject([{ step: 'charge', status: 'failed', error: { message: 'declined' } }]);
  });

  it('can be left in the middle, and watched again from there: the saga continues', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waits()] });
    const process = await cluster.startProcess();
    const { sagaId: followed } = await process.start();
    const seen: number[] = [];
    const ignore = (): void => undefined;
    const observer = {
      onResult: ({ seq }: { seq: number }) => seen.push(seq),
      onEnd: ignore,
      onError: ignore,
    };
    const leave = process.engine.reader.follow(followed, 0, observer);
    leave();
    gate.open();
    await cluster.resolve(process.outcome(followed));
    expect(saga.calls).toHaveLength(2);
    expect(seen).toEqual([]);
    process.engine.reader.follow(followed, 1, observer);
    await cluster.advance(1_000);
    expect(seen).toEqual([2]);
  });

  it('are an error for an unknown id', async () => {
    const process = await order().cluster.startProcess();
    await expect(process.outcome(sagaId)).rejects.toBeInstanceOf(SagaNotFoundError);
    await expect(process.engine.reader.history(sagaId)).rejects.toBeInstanceOf(SagaNotFoundError);
    await expect(process.engine.reader.find(sagaId)).resolves.toBeUndefined();
  });
});
