import { approval, waitFor, sagaSignal, fallback } from '@nest-saga/core';
import type { ContextCodec, DeclaredSaga, SagaStorage } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedSaga, StepScript } from '@nest-saga/testing';

const steps = (...ids: readonly string[]) => ids.map((id) => new ScriptedStep(id));
const reservesAndSays: StepScript = (_context, run) => {
  run.emit({ reserved: true });
  return 'R-1';
};
class Paid {
  constructor(readonly amount: number) {}
}
const hanging = (id: string) => new ScriptedStep(id, { act: [new StepGate().waits()] });

/** A process of another build, which starts nothing and runs nothing. */
async function anotherBuild(cluster: SimulatedCluster, saga: DeclaredSaga, storage?: SagaStorage) {
  const { engine } = await cluster.startProcess({
    sagas: [saga],
    worker: false,
    ...(storage === undefined ? {} : { storage }),
  });
  return engine.inspector;
}

async function started(saga: ScriptedSaga, context: unknown = {}) {
  const cluster = new SimulatedCluster([saga]);
  const process = await cluster.startProcess();
  const { sagaId } = await process.start(context);
  await cluster.advance(0);
  return { cluster, process, sagaId };
}

async function findings(cluster: SimulatedCluster, saga: DeclaredSaga) {
  const checks = (await anotherBuild(cluster, saga)).check();
  const found: (readonly [string, readonly string[]])[] = [];
  for (;;) {
    const { done, value } = await checks.next();
    if (done === true) return { found, ...value };
    found.push([value.header.sagaId, value.findings.map(({ kind }) => kind)]);
  }
}

describe('the explanation of a saga', () => {
  it('says which step runs, and what a cancel would undo, the last step first', async () => {
    const saga = scriptedSaga('order', [...steps('reserve', 'charge'), hanging('ship')]);
    const { cluster, sagaId } = await started(saga);
    const explained = await (await anotherBuild(cluster, saga)).explain(sagaId);
    expect(explained).toMatchObject({
      header: { sagaId, status: 'running' },
      findings: [],
      next: [{ kind: 'act', step: 'ship', attempt: 1 }],
      undoOnCancel: [
        { step: 'charge', outcome: 'completed' },
        { step: 'reserve', outcome: 'completed' },
      ],
    });
    expect(explained.header).not.toHaveProperty('context');
  });

  it('says which wait it is in', async () => {
    const saga = scriptedSaga('order', [...steps('reserve'), approval('big-refund')]);
    const { cluster, sagaId } = await started(saga);
    expect(await (await anotherBuild(cluster, saga)).explain(sagaId)).toMatchObject({
      next: [{ kind: 'wait', step: 'big-refund' }],
      undoOnCancel: [{ step: 'reserve', outcome: 'completed' }],
    });
  });

  it('says that a step in doubt would be undone, too', async () => {
    const saga = scriptedSaga('order', [hanging('charge')]);
    const { cluster, process, sagaId } = await started(saga);
    process.kill();
    const next = await cluster.startProcess();
    await cluster.advance(120_000);
    expect(await next.engine.inspector.explain(sagaId)).toMatchObject({
      undoOnCancel: [{ step: 'charge', outcome: 'unknown' }],
    });
  });

  it('says what remains of an undo', async () => {
    const saga = scriptedSaga('order', [
      new ScriptedStep('reserve'),
      new ScriptedStep('charge', { compensate: [new StepGate().waits()] }),
      new ScriptedStep('ship', { act: [throws(new Error('no carrier'))] }),
    ]);
    const { cluster, sagaId } = await started(saga);
    expect(await (await anotherBuild(cluster, saga)).explain(sagaId)).toMatchObject({
      next: [{ kind: 'compensate', step: 'charge', attempt: 1 }],
      undoOnCancel: [{ step: 'charge' }, { step: 'reserve' }],
    });
  });

  it('says of one that has ended that nothing comes next and that no cancel has an effect', async () => {
    const saga = scriptedSaga('order', steps('reserve'));
    const { cluster, sagaId } = await started(saga);
    expect(await (await anotherBuild(cluster, saga)).explain(sagaId)).toMatchObject({
      header: { status: 'completed' },
      findings: [],
      next: [],
      undoOnCancel: undefined,
    });
  });

  it('is refused for an id that no saga has, or that is none', async () => {
    const saga = scriptedSaga('order', steps('reserve'));
    const { cluster } = await started(saga);
    const inspector = await anotherBuild(cluster, saga);
    await expect(inspector.explain('018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41')).rejects.toMatchObject({
      code: 'SAGA_NOT_FOUND',
    });
    await expect(inspector.explain('order 1')).rejects.toMatchObject({ code: 'SAGA_INVALID_ARGUMENT' });
  });
});

describe('the check of a build', () => {
  const order = scriptedSaga('order', [...steps('reserve', 'charge'), hanging('ship')]);

  it('finds nothing if the build can continue each saga, and counts the open and stuck ones', async () => {
    const { cluster, process } = await started(order);
    await process.enqueue({});
    expect(await findings(cluster, order)).toEqual({ found: [], checked: 2, withFindings: 0 });
  });

  it('leaves out sagas that have ended', async () => {
    const { cluster } = await started(scriptedSaga('order', steps('reserve')));
    expect(await findings(cluster, scriptedSaga('trip', steps('fly')))).toEqual({
      found: [],
      checked: 0,
      withFindings: 0,
    });
  });

  it.each<[string, DeclaredSaga]>([
    ['has no such saga', scriptedSaga('trip', steps('fly'))],
    ['has another version of it', scriptedSaga('order', order.steps as never, { version: 2 })],
  ])('reports a saga if the build %s', async (_why, build) => {
    const { cluster, sagaId } = await started(order);
    const { found, withFindings } = await findings(cluster, build);
    expect(found).toEqual([[sagaId, ['not-registered']]]);
    expect(withFindings).toBe(1);
    expect(await (await anotherBuild(cluster, build)).explain(sagaId)).toMatchObject({
      next: [],
      undoOnCancel: undefined,
    });
  });

  it('reports the stage at which the steps of the build are others', async () => {
    const { cluster, sagaId } = await started(order);
    const build = scriptedSaga('order', [...steps('charge', 'reserve'), hanging('ship')]);
    const explained = await (await anotherBuild(cluster, build)).explain(sagaId);
    expect(explained.findings).toEqual([
      {
        kind: 'definition-mismatch',
        message: 'the journal has "reserve" at place 1, where the definition has "charge"',
      },
    ]);
    expect((await findings(cluster, build)).found).toEqual([[sagaId, ['definition-mismatch']]]);
  });

  it('reports a STUCK saga as long as the build does not fit, and no longer', async () => {
    const { cluster, process, sagaId } = await started(order);
    process.kill();
    const wrong = scriptedSaga('order', steps('charge'));
    const deployed = await cluster.startProcess({ sagas: [wrong] });
    await cluster.resolve(deployed.outcome(sagaId));
    expect((await findings(cluster, wrong)).found).toEqual([[sagaId, ['definition-mismatch']]]);
    expect((await findings(cluster, order)).found).toEqual([]);
  });

  it('reports the values that the codec of the build refuses: contexts, responses, events and payloads', async () => {
    const paid = sagaSignal('paid', Paid);
    const declared = scriptedSaga('order', [
      new ScriptedStep('reserve', { act: [reservesAndSays] }),
      hanging('ship'),
      waitFor('payment', [paid]),
    ]);
    const { cluster, process, sagaId } = await started(declared, { total: 1 });
    await process.engine.requests.signal(sagaId, paid, new Paid(7));
    const codec: ContextCodec = {
      encode: (value) => JSON.stringify(value),
      decode: () => {
        throw new Error('the key is gone');
      },
    };
    const build = scriptedSaga('order', declared.steps as never, { codec });
    const { findings: found } = await (await anotherBuild(cluster, build)).explain(sagaId);
    expect(found.map(({ kind, message, seq }) => [kind, message, seq])).toEqual([
      ['undecodable', 'the context of the start cannot be decoded: the key is gone', undefined],
      ['undecodable', 'the latest context cannot be decoded: the key is gone', undefined],
      ['undecodable', 'the response in entry 1 cannot be decoded: the key is gone', 1],
      ['undecodable', 'the events in entry 1 cannot be decoded: the key is gone', 1],
      ['undecodable', 'the payload in entry 2 cannot be decoded: the key is gone', 2],
    ]);
  });

  it('writes nothing', async () => {
    const { cluster } = await started(order);
    const before = JSON.stringify(await cluster.memory.list({ limit: 10 }));
    const writes: string[] = [];
    const storage = new Proxy<SagaStorage>(cluster.memory, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (
          ['start', 'append', 'claim', 'release', 'releaseExpired', 'registerWorker'].includes(String(name))
        )
          writes.push(String(name));
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const inspector = await anotherBuild(cluster, scriptedSaga('order', steps('charge')), storage);
    for await (const { header } of inspector.check()) await inspector.explain(header.sagaId);
    expect(writes).toEqual([]);
    expect(JSON.stringify(await cluster.memory.list({ limit: 10 }))).toBe(before);
  });

  it('knows a fallback that was chosen and that the build does not have', async () => {
    const declared = scriptedSaga('order', [
      fallback(new ScriptedStep('card', { act: [throws(new Error('declined'))] }), hanging('invoice')),
    ]);
    const { cluster, sagaId } = await started(declared);
    expect((await findings(cluster, scriptedSaga('order', steps('card')))).found).toEqual([
      [sagaId, ['definition-mismatch']],
    ]);
    expect((await findings(cluster, declared)).found).toEqual([]);
  });
});
