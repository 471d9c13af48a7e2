/// <reference types="jest" />
import type { LoadedSaga, NewSaga } from '@nest-saga/core';
import { changeTo, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';
import { cancelAt, identityOf } from './storage-world.js';

/** What a header change with a park promises. */
export function describeParks(world: StorageWorld): void {
  const claim = (worker: string, saga: NewSaga): Promise<readonly LoadedSaga[]> =>
    world.storage.claim({ worker, sagas: [identityOf(saga)], limit: 10 });
  const startParked = async (dueInMs: number | undefined) => {
    const owner = await world.newWorker();
    const saga = await world.start({ owner });
    await world.append(saga.sagaId, entryOf.actParked, changeTo.parked(dueInMs), owner);
    return { owner, saga, sagaId: saga.sagaId };
  };

  it('keeps the status, takes the owner away, and says what the saga waits for and until when by its own clock', async () => {
    const { sagaId, owner } = await startParked(60_000);
    const { header, entries } = await world.load(sagaId);
    expect(header).toMatchObject({
      status: 'running',
      owner: undefined,
      waiting: { for: 'retry', name: 'charge' },
    });
    const [parked] = entries;
    expect(parked).toMatchObject(entryOf.actParked);
    expect(header.nextRunAt?.getTime()).toBe((parked?.recordedAt.getTime() ?? 0) + 60_000);
    await expect(world.storage.listOwned(owner)).resolves.toEqual([]);
  });

  it('gives nobody a parked saga before it is due; then a claim says that it was parked, and it waits no more', async () => {
    const { saga, sagaId } = await startParked(300);
    const worker = await world.newWorker();
    await expect(claim(worker, saga)).resolves.toEqual([]);
    let claimed: readonly LoadedSaga[] = [];
    await world.until('the claim', async () => (claimed = await claim(worker, saga)).length === 1);
    const [{ header, entries } = await world.load(sagaId)] = claimed;
    expect(entries).toMatchObject([{}, { kind: 'claimed', from: 'running', parked: true }]);
    const waitedMs = (entries[1]?.recordedAt.getTime() ?? 0) - (entries[0]?.recordedAt.getTime() ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(300);
    expect(header).toMatchObject({ owner: worker, waiting: undefined, nextRunAt: undefined });
    expect(await world.load(sagaId)).toEqual({ header, entries });
  });

  it('gives nobody a saga that only a request wakes, until one does', async () => {
    const { saga, sagaId } = await startParked(undefined);
    const worker = await world.newWorker();
    expect(await world.header(sagaId)).toMatchObject({ nextRunAt: undefined, owner: undefined });
    await expect(claim(worker, saga)).resolves.toEqual([]);
    await world.append(sagaId, cancelAt(sagaId, 2).entry, changeTo.parked(0));
    const [claimed] = await claim(worker, saga);
    expect(claimed?.entries.at(-1)).toMatchObject({ kind: 'claimed', parked: true });
  });

  it('forgets what a saga waited for once it is claimed: a later claim was of no parked one', async () => {
    const { saga, sagaId } = await startParked(0);
    const worker = await world.newWorker();
    await expect(claim(worker, saga)).resolves.toHaveLength(1);
    await world.expire(worker);
    await world.storage.releaseExpired([identityOf(saga)], 10);
    expect(await world.header(sagaId)).toMatchObject({ waiting: undefined });
    const [again] = await claim(await world.newWorker(), saga);
    expect(again?.entries.at(-1)).not.toHaveProperty('parked');
  });

  it('leaves parked sagas alone where those of dead workers are released', async () => {
    const { saga, sagaId, owner } = await startParked(60_000);
    const before = await world.load(sagaId);
    await world.expire(owner);
    await expect(world.storage.releaseExpired([identityOf(saga)], 10)).resolves.toBe(0);
    expect(await world.load(sagaId)).toEqual(before);
  });
}
