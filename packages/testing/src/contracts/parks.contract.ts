/// <reference types="jest" />
import type { LoadedSaga, NewSaga } from '@nest-saga/core';
import { changeTo, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';
import { cancelAt, identityOf } from './storage-world.js';

/** The promises of a header change with a park. */
export function describeParks(world: StorageWorld): void {
  const claim = (worker: string, saga: NewSaga): Promise<readonly LoadedSaga[]> =>
    world.storage.claim({ worker, sagas: [identityOf(saga)], limit: 10 });
  const startParked = async (dueInMs: number | undefined) => {
    const owner = await world.newWorker();
    const saga = await world.start({ owner });
    await world.append(saga.sagaId, entryOf.actParked, changeTo.parked(dueInMs), owner);
    return { owner, saga, sagaId: saga.sagaId };
  };

  it('keeps the status, removes the owner, and says what the saga waits for and until when by its own clock', async () => {
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

  it('lets no worker claim a parked saga before it is due; then the claim says that it was parked, and it waits no more', async () => {
    const worker = await world.newWorker();
    const { saga: later } = await startParked(600_000);
    await expect(claim(worker, later)).resolves.toEqual([]);
    const { saga, sagaId } = await startParked(300);
    let claimed: readonly LoadedSaga[] = [];
    await world.until('the claim', async () => (claimed = await claim(worker, saga)).length === 1);
    const [{ header, entries } = await world.load(sagaId)] = claimed;
    expect(entries).toMatchObject([{}, { kind: 'claimed', from: 'running', parked: true }]);
    const waitedMs = (entries[1]?.recordedAt.getTime() ?? 0) - (entries[0]?.recordedAt.getTime() ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(300);
    expect(header).toMatchObject({ owner: worker, waiting: undefined, nextRunAt: undefined });
    expect(await world.load(sagaId)).toEqual({ header, entries });
  });

  it('lets no worker claim a saga that only a request wakes, until one does', async () => {
    const { saga, sagaId } = await startParked(undefined);
    const worker = await world.newWorker();
    expect(await world.header(sagaId)).toMatchObject({ nextRunAt: undefined, owner: undefined });
    await expect(claim(worker, saga)).resolves.toEqual([]);
    await world.append(sagaId, cancelAt(sagaId, 2).entry, changeTo.parked(0));
    const [claimed] = await claim(worker, saga);
    expect(claimed?.entries.at(-1)).toMatchObject({ kind: 'claimed', parked: true });
  });

  it('forgets what a saga waited for once it is claimed: a later claim does not count as one of a parked saga', async () => {
    const { saga, sagaId } = await startParked(0);
    const worker = await world.newWorker();
    await expect(claim(worker, saga)).resolves.toHaveLength(1);
    await world.expire(worker);
    await world.storage.releaseExpired([identityOf(saga)], 10);
    expect(await world.header(sagaId)).toMatchObject({ waiting: undefined });
    const [again] = await claim(await world.newWorker(), saga);
    expect(again?.entries.at(-1)).not.toHaveProperty('parked');
  });

  it('stores sagas that wait before they begin, each by itself and beside others that do not', async () => {
    const { saga } = world.newIdentity();
    const later = (dueInMs: number | undefined) =>
      world.newSaga({ saga, park: { for: 'delay', name: 'start', dueInMs } });
    const longMs = 40 * 86_400_000;
    const alone = later(longMs);
    await world.storage.start(alone);
    const [owner, inAGroup, onRequest] = [await world.newWorker(), later(60_000), later(undefined)];
    const others = [world.newSaga({ saga }), inAGroup, onRequest, world.newSaga({ saga, owner })];
    await Promise.all(others.map((one) => world.storage.start(one)));
    const headers = await Promise.all([alone, ...others].map(({ sagaId }) => world.header(sagaId)));
    const delays = headers.map(
      ({ nextRunAt, createdAt }) => nextRunAt && nextRunAt.getTime() - createdAt.getTime(),
    );
    const waiting = { for: 'delay', name: 'start' };
    expect(headers.map((header) => header.waiting)).toEqual([
      waiting,
      undefined,
      waiting,
      waiting,
      undefined,
    ]);
    expect(headers.map(({ status }) => status)).toEqual([
      'pending',
      'pending',
      'pending',
      'pending',
      'running',
    ]);
    expect(delays).toEqual([longMs, 0, 60_000, undefined, undefined]);
    const claimed = await claim(await world.newWorker(), alone);
    expect(claimed.map(({ header }) => header.sagaId)).toEqual([others[0]?.sagaId]);
  });

  it('gives a saga that waited before it began to a worker when it is due, and says that it was parked', async () => {
    const saga = await world.start({ park: { for: 'delay', name: 'start', dueInMs: 300 } });
    const worker = await world.newWorker();
    await expect(claim(worker, saga)).resolves.toEqual([]);
    let claimed: readonly LoadedSaga[] = [];
    await world.until('the claim', async () => (claimed = await claim(worker, saga)).length === 1);
    expect(claimed[0]?.header).toMatchObject({ status: 'running', owner: worker, waiting: undefined });
    expect(claimed[0]?.entries).toMatchObject([{ kind: 'claimed', from: 'pending', parked: true }]);
  });

  it('parks until a moment, each by itself and beside others', async () => {
    const { saga } = world.newIdentity();
    const owner = await world.newWorker();
    const [moment, past] = [new Date('2126-03-01T12:00:00.123Z'), new Date('2026-01-01T00:00:00.000Z')];
    const alone = await world.start({ saga, owner });
    await world.append(alone.sagaId, entryOf.actCompleted, changeTo.parkedUntil(moment), owner);
    const changes = [changeTo.parkedUntil(moment), changeTo.parked(60_000), changeTo.parkedUntil(past)];
    const others = await Promise.all(changes.map(() => world.start({ saga, owner })));
    await Promise.all(
      others.map(({ sagaId }, index) => world.append(sagaId, entryOf.actCompleted, changes[index], owner)),
    );
    const headers = await Promise.all([alone, ...others].map(({ sagaId }) => world.header(sagaId)));
    const [first, second, third, fourth] = headers.map(({ nextRunAt }) => nextRunAt?.toISOString());
    expect([first, second, fourth]).toEqual([moment, moment, past].map((date) => date.toISOString()));
    expect(third).not.toBeUndefined();
    expect(headers[0]).toMatchObject({ waiting: { for: 'delay', name: 'pick-up' }, owner: undefined });
    const claimed = await claim(await world.newWorker(), alone);
    expect(claimed.map(({ header }) => header.sagaId)).toEqual([others[2]?.sagaId]);
  });

  it('parks for longer than a timer can wait', async () => {
    const longMs = 100 * 365 * 86_400_000;
    const { sagaId } = await startParked(longMs);
    const { header, entries } = await world.load(sagaId);
    expect((header.nextRunAt?.getTime() ?? 0) - (entries[0]?.recordedAt.getTime() ?? 0)).toBe(longMs);
  });

  it('leaves parked sagas alone when those of dead workers are released', async () => {
    const { saga, sagaId, owner } = await startParked(60_000);
    const before = await world.load(sagaId);
    await world.expire(owner);
    await expect(world.storage.releaseExpired([identityOf(saga)], 10)).resolves.toBe(0);
    expect(await world.load(sagaId)).toEqual(before);
  });
}
