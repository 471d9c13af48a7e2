/// <reference types="jest" />
import type { EntryDraft, StartResult } from '@nest-saga/core';
import type { MessageTarget, SagaHeading } from '@nest-saga/core/storage-kit';
import type { StorageWorld } from './storage-world.js';

const signal: EntryDraft = { kind: 'signal-received', name: 'delivered', payload: '{"at":"the door"}' };
const rolledBack = new Error('the caller failed');

/** The promises of starts and messages in a transaction that a caller began. */
export function describeJoinedTransactions(world: StorageWorld): void {
  const methods = () => {
    const { startIn, findIn, tellIn, transactionEnd } = world.storage;
    if (startIn === undefined || findIn === undefined || tellIn === undefined || transactionEnd === undefined)
      throw new Error('the storage takes part in no transactions');
    const { storage } = world;
    return {
      startIn: startIn.bind(storage),
      findIn: (handle: object, target: MessageTarget): Promise<SagaHeading | undefined> =>
        findIn.call(storage, handle, target),
      tellIn: tellIn.bind(storage),
      transactionEnd: transactionEnd.bind(storage),
    };
  };
  const commit = <Result>(work: (handle: object) => Promise<Result>): Promise<Result> =>
    world.transaction(work);
  const rollback = async (work: (handle: object) => Promise<unknown>): Promise<void> => {
    const transaction = world.transaction(async (handle) => {
      await work(handle);
      throw rolledBack;
    });
    await expect(transaction).rejects.toBe(rolledBack);
  };

  it('stores a saga at the commit, as a start does, and no other process sees it before', async () => {
    const saga = world.newSaga({ key: 'K-1', metadata: { tenant: 'a' }, tags: ['customer:42'] });
    const plain = await world.start({ ...saga, sagaId: world.newId(), saga: world.newIdentity().saga });
    await commit(async (handle) => {
      await expect(methods().startIn(handle, saga)).resolves.toEqual({ kind: 'started' });
      await expect(world.another.find(saga.sagaId)).resolves.toBeUndefined();
      const worker = await world.newWorker();
      const sagas = [{ saga: saga.saga, version: saga.version }];
      await expect(world.another.claim({ worker, sagas, limit: 10 })).resolves.toEqual([]);
    });
    const [header, started] = [await world.header(saga.sagaId), await world.header(plain.sagaId)];
    const own = ({ sagaId, saga: name, createdAt, updatedAt, nextRunAt }: typeof header) => ({
      ...{ sagaId, saga: name, createdAt, updatedAt, nextRunAt },
    });
    expect({ ...header, ...own(started) }).toEqual(started);
    expect(header.nextRunAt).toEqual(header.createdAt);
    const worker = await world.newWorker();
    const sagas = [{ saga: saga.saga, version: saga.version }];
    const claimed = await world.another.claim({ worker, sagas, limit: 10 });
    expect(claimed.map((one) => one.header.sagaId)).toEqual([saga.sagaId]);
  });

  it('stores a saga that is delayed and has a deadline', async () => {
    const park = { for: 'delay', name: 'start', dueInMs: 60_000 } as const;
    const saga = world.newSaga({ park, deadlineInMs: 120_000 });
    await commit((handle) => methods().startIn(handle, saga));
    const { createdAt, nextRunAt, deadlineAt, waiting } = await world.header(saga.sagaId);
    expect(waiting).toEqual({ for: 'delay', name: 'start' });
    expect(nextRunAt?.getTime()).toBe(createdAt.getTime() + 60_000);
    expect(deadlineAt?.getTime()).toBe(createdAt.getTime() + 120_000);
  });

  it('stores nothing of a transaction that is rolled back', async () => {
    const saga = world.newSaga({ key: 'K-1' });
    const message = { id: world.newId(), sagaId: (await world.start()).sagaId, entry: signal };
    await rollback(async (handle) => {
      await methods().startIn(handle, saga);
      await methods().tellIn(handle, message);
    });
    await expect(world.storage.find(saga.sagaId)).resolves.toBeUndefined();
    const messages = await world.storage.takeMessages({ limit: 100, leaseMs: 60_000 });
    expect(messages.filter(({ id }) => id === message.id)).toEqual([]);
    await expect(world.storage.start(saga)).resolves.toEqual({ kind: 'started' });
  });

  it.each(['id', 'key'])(
    'answers with the saga that has the %s already, of another start or of its own',
    async (by) => {
      const first = await world.start({ key: 'K-1' });
      const again = by === 'id' ? first : { ...first, sagaId: world.newId() };
      const own = world.newSaga({ saga: first.saga, key: 'K-2' });
      const answers = await commit(async (handle): Promise<readonly StartResult[]> => [
        await methods().startIn(handle, again),
        await methods().startIn(handle, own),
        await methods().startIn(handle, by === 'id' ? own : { ...own, sagaId: world.newId() }),
      ]);
      expect(answers).toMatchObject([
        { kind: 'exists', header: { sagaId: first.sagaId, context: first.context } },
        { kind: 'started' },
        { kind: 'exists', header: { sagaId: own.sagaId } },
      ]);
    },
  );

  it('finds sagas, its own ones too, by id and by key', async () => {
    const stored = await world.start({ key: 'K-1' });
    const own = world.newSaga({ saga: stored.saga, key: 'K-2' });
    await commit(async (handle) => {
      await methods().startIn(handle, own);
      const targets = [
        { sagaId: stored.sagaId },
        { saga: stored.saga, key: 'K-1' },
        { sagaId: own.sagaId },
        { saga: stored.saga, key: 'K-2' },
        { sagaId: world.newId() },
        { saga: stored.saga, key: 'K-3' },
      ];
      const found: (string | undefined)[] = [];
      for (const target of targets) found.push((await methods().findIn(handle, target))?.sagaId);
      expect(found).toEqual([stored.sagaId, stored.sagaId, own.sagaId, own.sagaId, undefined, undefined]);
    });
  });

  it('delivers a message after the commit only', async () => {
    const message = { id: world.newId(), sagaId: world.newId(), entry: signal };
    const mine = async () =>
      (await world.another.takeMessages({ limit: 100, leaseMs: 1 })).filter(({ id }) => id === message.id);
    await commit(async (handle) => {
      await methods().tellIn(handle, message);
      await expect(mine()).resolves.toEqual([]);
    });
    await expect(mine()).resolves.toEqual([message]);
    await world.storage.removeMessages([message.id]);
  });

  it('says how a transaction ended', async () => {
    const ends: Promise<boolean>[] = [];
    const ask = async (handle: object): Promise<void> => {
      ends.push(methods().transactionEnd(handle), methods().transactionEnd(handle));
    };
    await commit(ask);
    await rollback(ask);
    await expect(Promise.all(ends)).resolves.toEqual([true, true, false, false]);
  });

  it('refuses the handle of a transaction that has ended, and one that is none', async () => {
    const ended = await commit(async (handle) => handle);
    const refused = { code: 'SAGA_INVALID_ARGUMENT', argument: 'manager' };
    for (const handle of [ended, undefined, 'a transaction']) {
      await expect((async () => methods().startIn(handle, world.newSaga()))()).rejects.toMatchObject(refused);
      await expect((async () => methods().transactionEnd(handle))()).rejects.toMatchObject(refused);
    }
  });
}
