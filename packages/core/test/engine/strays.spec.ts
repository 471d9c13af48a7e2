import { SagaStorageError } from '@nest-saga/core';
import type { LoadedSaga } from '@nest-saga/core';
import type { ClaimRequest } from '@nest-saga/core/storage-kit';
import {
  DelayedStorage,
  FaultyStorage,
  InterceptedStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
} from '@nest-saga/testing';
import type { StorageMethod } from '@nest-saga/testing';

/** A storage that claims a saga and cannot read it. */
class UnreadingStorage extends InterceptedStorage {
  readonly unreadable = new SagaStorageError('claim', 'refused');

  override async claim(request: ClaimRequest): Promise<readonly LoadedSaga[]> {
    for (const { header } of await this.inner.claim(request)) {
      const { sagaId } = header;
      const why = {
        worker: request.worker,
        seq: undefined,
        reason: 'quarantine',
        begun: [],
        delayMs: 60_000,
      } as const;
      request.onUnreadable?.(sagaId, this.unreadable);
      await this.inner.release([{ sagaId, ...why }]);
    }
    return [];
  }

  protected around<Answer>(_method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    return call();
  }
}

async function openProcess() {
  const saga = scriptedSaga('order', [new ScriptedStep('charge')]);
  const cluster = new SimulatedCluster([saga]);
  const storage = new FaultyStorage(cluster.memory);
  const process = await cluster.startProcess({ storage });
  await cluster.advance(0);
  return { saga, cluster, storage, process };
}

describe("a saga that is a process's in the storage alone", () => {
  it('counts no recovery, however often the answer to its claim is lost: no process ever ran it', async () => {
    const { saga, cluster, storage, process } = await openProcess();
    storage.inject({ method: 'claim', outcome: 'unknown', times: 10 });
    const { sagaId } = await process.enqueue();
    const outcome = await cluster.resolve(process.outcome(sagaId));
    expect(outcome.status).toBe('completed');
    expect(storage.callsOf('claim')).toBeGreaterThan(10);
    expect(saga.calls).toEqual(['act charge']);
    const claims = process.listener.ofType('claimed');
    expect(claims).toMatchObject([{ sagaId, isRecovery: false, recoveries: 0 }]);
  });

  it('is released though its journal cannot be read', async () => {
    const { cluster, storage, process } = await openProcess();
    storage.inject({ method: 'claim', outcome: 'unknown', times: 1 });
    const { sagaId } = await process.enqueue();
    await cluster.advance(0);
    storage.inject({ method: 'load', outcome: 'refused' });
    await cluster.advance(10_000);
    expect(await cluster.memory.find(sagaId)).toMatchObject({ status: 'completed' });
    expect(process.listener.ofWorkerType('sweep-failed')).toHaveLength(1);
  });

  it('is released after a request that came meanwhile', async () => {
    const { saga, cluster, storage, process } = await openProcess();
    storage.inject({ method: 'claim', outcome: 'unknown', times: 1 });
    const { sagaId } = await process.enqueue();
    await cluster.advance(0);
    const other = await cluster.startProcess({ worker: false });
    await other.engine.requests.cancel(sagaId, 'changed my mind');
    expect((await cluster.resolve(process.outcome(sagaId), 10_000)).status).toBe('failed');
    expect(saga.calls).toEqual([]);
  });

  it('does not stop the process from anything if it cannot be released', async () => {
    const { saga, cluster, storage, process } = await openProcess();
    storage.inject({ method: 'claim', outcome: 'unknown', times: 1 });
    const { sagaId } = await process.enqueue();
    await cluster.advance(0);
    const end = storage.inject({ method: 'release', outcome: 'not-written' });
    const elsewhere = await cluster.startProcess({ worker: false });
    const { sagaId: queued } = await elsewhere.enqueue();
    expect((await cluster.resolve(elsewhere.outcome(queued), 10_000)).status).toBe('completed');
    await cluster.advance(10_000);
    expect(await cluster.memory.find(sagaId)).toMatchObject({ status: 'running' });
    expect(process.listener.ofWorkerType('swept').length).toBeGreaterThan(1);
    expect(process.listener.ofWorkerType('storage-failed')).toContainEqual(
      expect.objectContaining({ operation: 'release' }),
    );
    end();
    expect((await cluster.resolve(process.outcome(sagaId), 10_000)).status).toBe('completed');
    expect(saga.calls).toEqual(['act charge', 'act charge']);
  });

  it('is not released while it runs here', async () => {
    const gate = new StepGate();
    const saga = scriptedSaga('order', [new ScriptedStep('charge', { act: [gate.waits()] })]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.advance(60_000);
    expect(await cluster.journalOf(sagaId)).toEqual([]);
    gate.open();
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('completed');
  });
});

describe('a saga whose run ended with the lease of its process', () => {
  it('is left to the next owner, which knows that its act may have begun, though a sweep asked for strays before', async () => {
    const gate = new StepGate();
    const saga = scriptedSaga('order', [new ScriptedStep('charge', { act: [gate.waits()] })]);
    const cluster = new SimulatedCluster([saga]);
    const storage = new DelayedStorage(cluster.memory);
    const process = await cluster.startProcess({ storage });
    const { sagaId } = await process.start();
    storage.hold('listOwned');
    await cluster.advance(10_000);
    storage.hold('renewWorker');
    await cluster.advance(60_000);
    expect(process.listener.ofWorkerType('lease-lost')).toHaveLength(1);
    const elsewhere = await cluster.startProcess({ worker: false });
    await elsewhere.engine.requests.cancel(sagaId, 'changed my mind');
    storage.letPass('listOwned');
    await cluster.startProcess();
    expect((await cluster.resolve(elsewhere.outcome(sagaId), 60_000)).status).toBe('failed');
    expect(saga.calls).toEqual(['act charge', 'compensate charge']);
  });
});

describe('a saga that the storage took and cannot read', () => {
  async function withUnreadable() {
    const cluster = new SimulatedCluster([scriptedSaga('order', [new ScriptedStep('charge')])]);
    const { sagaId } = await (await cluster.startProcess({ worker: false })).enqueue();
    const storage = new UnreadingStorage(cluster.memory);
    return { cluster, sagaId, storage };
  }

  it('is reported, and the sweep continues', async () => {
    const { cluster, sagaId, storage } = await withUnreadable();
    const process = await cluster.startProcess({ storage });
    await cluster.advance(0);
    const error = storage.unreadable;
    expect(process.listener.ofWorkerType('storage-failed')).toMatchObject([
      { operation: 'claim', sagaId, error },
    ]);
    expect(process.listener.ofWorkerType('swept')).toHaveLength(1);
  });

  it('is an error for a caller that asked to recover it', async () => {
    const { cluster, sagaId, storage } = await withUnreadable();
    const process = await cluster.startProcess({ storage, recovery: { enabled: false } });
    await expect(process.engine.starter.recover(sagaId)).rejects.toBe(storage.unreadable);
  });
});
