import { minutes, sagaSignal, SagaStorageError, waitFor } from '@nest-saga/core';
import type { SagaSignal, SagaStorage } from '@nest-saga/core';
import type { MessageRequest, SagaMessage } from '@nest-saga/core/storage-kit';
import {
  FaultyStorage,
  InterceptedStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
} from '@nest-saga/testing';
import type { StorageMethod } from '@nest-saga/testing';

const delivered = sagaSignal('delivered');
const seldom = { recovery: { intervalMs: minutes(10) } };

interface Order {
  arrived?: readonly string[];
}

function order() {
  const teller = scriptedSaga('teller', [new ScriptedStep('one'), waitFor('answer', [sagaSignal('answer')])]);
  const saga = scriptedSaga('order', [
    new ScriptedStep('pay'),
    waitFor<Order, readonly SagaSignal[]>('delivery', [delivered], {
      apply: (context, { payload }) => {
        context.arrived = [...(context.arrived ?? []), JSON.stringify(payload)];
      },
    }),
    new ScriptedStep('mail'),
  ]);
  return { saga, cluster: new SimulatedCluster([saga, teller]) };
}

/** Has a message that a later release wrote. */
class UnreadableMessages extends InterceptedStorage {
  override async takeMessages({ onUnreadable }: MessageRequest): Promise<readonly SagaMessage[]> {
    onUnreadable?.({ id: 'm', sagaId: 's' }, new SagaStorageError('takeMessages', 'refused'));
    return [];
  }

  protected around<Answer>(_method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    return call();
  }
}

const signalTo = (sagaId: string, id = '00000000-0000-4000-8000-00000000000a'): SagaMessage => ({
  id,
  sagaId,
  entry: { kind: 'signal-received', name: 'delivered', payload: '{"at":"the door"}' },
});

/** Stores a message as the entry of another saga does. */
async function tell(storage: SagaStorage, message: SagaMessage): Promise<void> {
  const sagaId = '00000000-0000-4000-8000-0000000000ff';
  const identity = { sagaId, saga: 'teller', version: 1, key: undefined };
  await storage.start({ ...identity, context: '{}', metadata: {}, owner: 'nobody', park: undefined });
  const loaded = await storage.load(sagaId);
  const seq = (loaded?.entries.length ?? 0) + 1;
  const entry = { kind: 'cancel-requested', reason: 'r' } as const;
  await storage.append({ sagaId, seq, worker: undefined, entry, tell: message });
}

async function waiting() {
  const { saga, cluster } = order();
  const process = await cluster.startProcess(seldom);
  const { sagaId } = await process.start();
  await cluster.advance(0);
  return { saga, cluster, process, sagaId };
}

const signalsIn = async (cluster: SimulatedCluster, sagaId: string): Promise<number> =>
  (await cluster.journalOf(sagaId)).filter((line) => line.startsWith('signal-received')).length;

describe('a message to a saga', () => {
  it('is delivered by the next sweep of any worker, and ends the wait for it', async () => {
    const { cluster, process, sagaId } = await waiting();
    await tell(cluster.memory, signalTo(sagaId));
    await cluster.advance(minutes(12));
    const outcome = await cluster.resolve(process.outcome(sagaId), 0);
    expect(outcome).toMatchObject({ status: 'completed', context: { arrived: ['{"at":"the door"}'] } });
    await expect(cluster.memory.takeMessages({ limit: 1, leaseMs: 0 })).resolves.toEqual([]);
  });

  it('is delivered at once by the process that stored it', async () => {
    const { cluster, process, sagaId } = await waiting();
    const { sagaId: teller } = await process.start({}, { saga: 'teller' });
    await cluster.advance(0);
    const seq = (await cluster.journalOf(teller)).length + 1;
    const entry = { kind: 'cancel-requested', reason: 'r' } as const;
    const request = { sagaId: teller, seq, worker: undefined, entry, tell: signalTo(sagaId) };
    await process.engine.worker.writer.append(request, { mayKeepTrying: () => true });
    await cluster.advance(0);
    await expect(cluster.resolve(process.outcome(sagaId), 0)).resolves.toMatchObject({ status: 'completed' });
  });

  it('has one effect if the process that delivered it dies before it deletes it', async () => {
    const { cluster } = order();
    const storage = new FaultyStorage(cluster.memory);
    storage.inject({ method: 'removeMessages', outcome: 'not-written' });
    const process = await cluster.startProcess({ storage });
    const { sagaId } = await process.start();
    await cluster.advance(0);
    await tell(cluster.memory, signalTo(sagaId));
    await expect(cluster.resolve(process.outcome(sagaId))).resolves.toMatchObject({ status: 'completed' });
    expect(storage.callsOf('removeMessages')).toBe(1);
    process.kill();
    const other = await cluster.startProcess();
    await cluster.advance(minutes(1));
    expect(await signalsIn(cluster, sagaId)).toBe(1);
    expect(other.listener.ofWorkerType('message-refused')).toEqual([]);
    await expect(cluster.memory.takeMessages({ limit: 1, leaseMs: 0 })).resolves.toEqual([]);
  });

  it('cancels a saga', async () => {
    const { saga, cluster, process, sagaId } = await waiting();
    const entry = { kind: 'cancel-requested', reason: 'the parent was cancelled' } as const;
    await tell(cluster.memory, { ...signalTo(sagaId), entry });
    await cluster.advance(minutes(12));
    const outcome = await cluster.resolve(process.outcome(sagaId), 0);
    expect(outcome).toMatchObject({ status: 'failed', failure: { message: 'the parent was cancelled' } });
    expect(saga.calls).toEqual(['act pay', 'compensate pay']);
  });

  it('is delivered by a process that does not have the saga', async () => {
    const { cluster, process, sagaId } = await waiting();
    await tell(cluster.memory, signalTo(sagaId));
    const sagas = [scriptedSaga('other', [new ScriptedStep('x')])];
    const stranger = await cluster.startProcess({ sagas });
    await cluster.advance(0);
    expect(await signalsIn(cluster, sagaId)).toBe(1);
    await stranger.engine.close();
    await expect(cluster.resolve(process.outcome(sagaId), minutes(12))).resolves.toMatchObject({
      status: 'completed',
    });
  });

  it.each([
    [
      'has ended',
      async ({ cluster, process, sagaId }: Awaited<ReturnType<typeof waiting>>) => {
        await process.engine.requests.cancel(sagaId, 'over');
        await cluster.resolve(process.outcome(sagaId), 0);
        return sagaId;
      },
      'SAGA_STATUS_REFUSED',
    ],
    ['does not exist', async () => '00000000-0000-4000-8000-00000000dead', 'SAGA_NOT_FOUND'],
  ])('to a saga that %s is deleted, and the listener is notified', async (_what, prepare, code) => {
    const world = await waiting();
    const sagaId = await prepare(world);
    await tell(world.cluster.memory, signalTo(sagaId));
    await world.cluster.advance(minutes(12));
    expect(world.process.listener.ofWorkerType('message-refused')).toMatchObject([
      { sagaId, kind: 'signal-received', error: { code } },
    ]);
    await expect(world.cluster.memory.takeMessages({ limit: 1, leaseMs: 0 })).resolves.toEqual([]);
  });

  it('stays stored while the storage fails, and is delivered when it answers again', async () => {
    const { saga, cluster } = order();
    const storage = new FaultyStorage(cluster.memory);
    const process = await cluster.startProcess({ storage });
    const { sagaId } = await process.start();
    await cluster.advance(0);
    await tell(cluster.memory, signalTo(sagaId));
    const repair = storage.inject({ method: 'readOutlines', outcome: 'not-written' });
    await cluster.advance(minutes(1));
    expect(saga.calls).toEqual(['act pay']);
    const failed = process.listener.ofWorkerType('storage-failed').map(({ operation }) => operation);
    expect(failed).toContain('deliverMessage');
    repair();
    await cluster.advance(minutes(5));
    expect(saga.calls).toEqual(['act pay', 'act mail']);
  });

  it('is reported if this release cannot read it, and stays stored', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess({ storage: new UnreadableMessages(cluster.memory) });
    await cluster.advance(0);
    const [trouble] = process.listener.ofWorkerType('storage-failed');
    expect(trouble).toMatchObject({ operation: 'takeMessages', sagaId: 's' });
  });

  it('is not taken by a process that shuts down', async () => {
    const { cluster, process, sagaId } = await waiting();
    await process.engine.close();
    await tell(cluster.memory, signalTo(sagaId));
    await cluster.advance(minutes(12));
    expect(await signalsIn(cluster, sagaId)).toBe(0);
  });
});
