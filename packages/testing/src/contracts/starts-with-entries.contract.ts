/// <reference types="jest" />
import { randomUUID } from 'node:crypto';
import type { AppendRequest, NewSaga } from '@nest-saga/core';
import type { StorageWorld } from './storage-world.js';
import { identityOf } from './storage-world.js';

/** The promises of an entry with which another saga starts. */
export function describeStartsWithEntries(world: StorageWorld): void {
  const asks = (sagaId: string, start: NewSaga, seq = 1): AppendRequest => ({
    sagaId,
    seq,
    worker: undefined,
    entry: { kind: 'cancel-requested', reason: 'another one is started' },
    start,
  });
  const family = async (change: Partial<NewSaga> = {}) => {
    const parent = await world.start({});
    return { parent, child: world.newSaga({ parentId: parent.sagaId, ...change }) };
  };

  it('stores the saga with the entry, and any worker can claim it', async () => {
    const { parent, child } = await family({ deadlineInMs: 60_000, metadata: { tenant: 'a' } });
    await expect(world.storage.append(asks(parent.sagaId, child))).resolves.toBe('stored');
    const header = await world.header(child.sagaId);
    expect(header).toMatchObject({
      status: 'pending',
      owner: undefined,
      parentId: parent.sagaId,
      reverses: undefined,
      metadata: { tenant: 'a' },
    });
    expect(header.deadlineAt).toBeInstanceOf(Date);
    expect((await world.header(parent.sagaId)).parentId).toBeUndefined();
    const [claimed] = await world.storage.claim({
      worker: await world.newWorker(),
      sagas: [identityOf(child)],
      limit: 1,
      sagaId: child.sagaId,
    });
    expect(claimed?.header).toMatchObject({ sagaId: child.sagaId, parentId: parent.sagaId });
  });

  it('stores nothing of the saga if the entry is fenced, also beside entries that are stored', async () => {
    const families = await Promise.all(Array.from({ length: 20 }, () => family()));
    const results = await Promise.all(
      families.map(({ parent, child }, index) =>
        world.storage.append(asks(parent.sagaId, child, index % 2 === 0 ? 1 : 7)),
      ),
    );
    expect(results).toEqual(families.map((_, index) => (index % 2 === 0 ? 'stored' : 'fenced')));
    const found = await Promise.all(families.map(({ child }) => world.storage.find(child.sagaId)));
    expect(found.map((header) => header?.sagaId)).toEqual(
      families.map(({ child }, index) => (index % 2 === 0 ? child.sagaId : undefined)),
    );
  });

  it('stores the entry alone if the id or the key is used already', async () => {
    const key = randomUUID();
    const first = await family({ key });
    await world.storage.append(asks(first.parent.sagaId, first.child));
    const sameKey = await family({ key, saga: first.child.saga });
    await expect(world.storage.append(asks(sameKey.parent.sagaId, sameKey.child))).resolves.toBe('stored');
    expect(await world.storage.find(sameKey.child.sagaId)).toBeUndefined();
    const sameId = await family({ sagaId: first.child.sagaId, key: undefined });
    await expect(world.storage.append(asks(sameId.parent.sagaId, sameId.child))).resolves.toBe('stored');
    expect(await world.header(first.child.sagaId)).toMatchObject({ parentId: first.parent.sagaId, key });
  });
}
