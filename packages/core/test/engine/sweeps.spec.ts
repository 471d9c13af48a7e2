import { jsonContextCodec, SagaStorageError } from '@nest-saga/core';
import {
  FaultyStorage,
  InterceptedStorage,
  scriptedSaga,
  ScriptedStep,
  SilentStorage,
  SimulatedCluster,
  StepGate,
} from '@nest-saga/testing';
import type { ScriptedStepOptions, StorageMethod } from '@nest-saga/testing';

/** A storage that answers one claim late, with an error: a pool whose connections were closed meanwhile. */
class HeldClaims extends InterceptedStorage {
  private held: Promise<never> | undefined;

  /** Returns the function that fails the claim. */
  holdNextClaim(): () => void {
    const { promise, reject } = withResolvers();
    this.held = promise;
    return () => reject(new SagaStorageError('claim', 'not-written'));
  }

  protected async around<Answer>(method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    const { held } = this;
    if (method !== 'claim' || held === undefined) return call();
    this.held = undefined;
    return held;
  }
}

function withResolvers(): { readonly promise: Promise<never>; readonly reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, refuse) => (reject = refuse));
  return { promise, reject };
}

function order(charge: ScriptedStepOptions = {}) {
  const step = new ScriptedStep('charge', charge);
  const saga = scriptedSaga('order', [new ScriptedStep('reserve'), step, new ScriptedStep('ship')]);
  return { step, saga, cluster: new SimulatedCluster([saga]) };
}

describe('a sweep', () => {
  it('that fails is reported, and the next one finds the saga', async () => {
    const { cluster } = order();
    const storage = new FaultyStorage(new SilentStorage(cluster.memory));
    const starter = await cluster.startProcess({ worker: false });
    const { sagaId } = await starter.enqueue();
    storage.inject({ method: 'claim', outcome: 'not-written', times: 2 });
    const process = await cluster.startProcess({ storage });
    const outcome = await cluster.resolve(process.outcome(sagaId), 20_000);
    expect(outcome.status).toBe('completed');
    expect(process.listener.ofWorkerType('sweep-failed')).toHaveLength(2);
  });

  it('that fails is followed by another one at once if there was a reason to claim meanwhile', async () => {
    const { cluster } = order();
    const storage = new HeldClaims(cluster.memory);
    const process = await cluster.startProcess({ storage, recovery: { intervalMs: 3_600_000 } });
    await cluster.advance(0);
    const fail = storage.holdNextClaim();
    await process.enqueue();
    const { sagaId } = await process.enqueue();
    await cluster.advance(5_000);
    fail();
    expect((await cluster.resolve(process.outcome(sagaId), 1_000)).status).toBe('completed');
  });

  it("releases a saga that is this process's in the storage alone: the answer to its claim was lost", async () => {
    const { saga, cluster } = order();
    const storage = new FaultyStorage(cluster.memory);
    const process = await cluster.startProcess({ storage });
    await cluster.advance(0);
    storage.inject({ method: 'claim', outcome: 'unknown', times: 1 });
    const { sagaId } = await process.enqueue();
    await cluster.advance(0);
    expect(await cluster.memory.find(sagaId)).toMatchObject({ status: 'running' });
    expect(saga.calls).toEqual([]);
    const outcome = await cluster.resolve(process.outcome(sagaId), 20_000);
    expect(outcome.status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act ship']);
  });

  it('takes no more at once than may be recovered at once', async () => {
    const gate = new StepGate();
    const { cluster } = order({ act: [gate.waits()] });
    const process = await cluster.startProcess({ recovery: { concurrency: 3 } });
    const sagas = await Promise.all(Array.from({ length: 10 }, () => process.enqueue()));
    const outcomes = Promise.all(sagas.map(({ sagaId }) => process.outcome(sagaId)));
    const held: number[] = [];
    for (let round = 0; round < 6; round++) {
      await cluster.advance(10_000);
      held.push(gate.held);
      gate.open();
    }
    await cluster.resolve(outcomes);
    expect(Math.max(...held)).toBe(3);
  });

  it('can be turned off: the process runs only what is started in it', async () => {
    const { saga, cluster } = order();
    const process = await cluster.startProcess({ recovery: { enabled: false } });
    await process.enqueue();
    await cluster.advance(600_000);
    expect(saga.calls).toEqual([]);
    expect((await cluster.run(process)).status).toBe('completed');
  });
});

describe('the recovery of one saga by its id', () => {
  it('claims it at once, without waiting for a sweep', async () => {
    const { cluster } = order();
    const storage = new SilentStorage(cluster.memory);
    const process = await cluster.startProcess({ storage, recovery: { intervalMs: 3_600_000 } });
    await cluster.advance(0);
    const other = await cluster.startProcess({ worker: false });
    const { sagaId } = await other.enqueue();
    const started = await process.engine.starter.recover(sagaId);
    expect((await cluster.resolve(process.outcome(started), 1_000)).status).toBe('completed');
  });

  it('leaves one alone that another process runs', async () => {
    const gate = new StepGate();
    const { step, cluster } = order({ act: [gate.waits()] });
    const [owner, other] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await owner.start();
    await cluster.advance(0);
    await other.engine.starter.recover(sagaId);
    await cluster.advance(10_000);
    expect(step.calls).toHaveLength(1);
    gate.open();
    expect((await cluster.resolve(other.outcome(sagaId))).status).toBe('completed');
  });
});

describe('a saga that cannot be read here', () => {
  const brokenCodec = {
    ...jsonContextCodec,
    decode: (): never => {
      throw new Error('the key is not there');
    },
  };

  it('is never undone because of it, and is STUCK in the end', async () => {
    const saga = scriptedSaga('order', [new ScriptedStep('reserve')], { codec: brokenCodec });
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.advance(3_600_000);
    expect(saga.calls).toEqual([]);
    expect(await cluster.memory.find(sagaId)).toMatchObject({
      status: 'stuck',
      stuck: { reason: 'recovery-exhausted' },
    });
  });

  it('is left alone for longer and longer, so that it keeps no worker busy', async () => {
    const saga = scriptedSaga('order', [new ScriptedStep('reserve')], { codec: brokenCodec });
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    const claimedAt: number[] = [];
    for (let seconds = 0; seconds < 120; seconds++) {
      await cluster.advance(1_000);
      const journal = await cluster.journalOf(sagaId);
      if (journal.filter((entry) => entry.startsWith('claimed')).length > claimedAt.length)
        claimedAt.push(seconds);
    }
    const pauses = claimedAt.slice(1).map((second, index) => second - (claimedAt[index] ?? 0));
    expect(pauses.length).toBeGreaterThan(3);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(16);
  });

  it('does not starve the sagas after it in the queue', async () => {
    const broken = scriptedSaga('broken', [new ScriptedStep('reserve')], { codec: brokenCodec });
    const saga = scriptedSaga('order', [new ScriptedStep('reserve')]);
    const cluster = new SimulatedCluster([broken, saga]);
    const process = await cluster.startProcess({ recovery: { batchSize: 5, concurrency: 5 } });
    for (let index = 0; index < 50; index++) await process.enqueue({}, { saga: 'broken' });
    const { sagaId } = await process.enqueue({}, { saga: 'order' });
    expect((await cluster.resolve(process.outcome(sagaId), 30_000)).status).toBe('completed');
  });
});
