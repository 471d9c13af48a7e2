/// <reference types="jest" />
import type { NewSaga } from '@nest-saga/core';
import type { ReleaseRequest } from '@nest-saga/core/storage-kit';
import { changeTo, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';
import { cancelAt, identityOf } from './storage-world.js';

/** The promises of `releaseExpired` and `release`. */
export function describeReleases(world: StorageWorld): void {
  it('releases the sagas of a worker whose lease has expired, and writes no entry', async () => {
    const worker = await world.newWorker();
    const saga = await world.start({ owner: worker });
    await world.expire(worker);
    await expect(world.storage.releaseExpired([identityOf(saga)], 10)).resolves.toBe(1);
    const { header, entries } = await world.load(saga.sagaId);
    expect(header).toMatchObject({ status: 'running', owner: undefined });
    expect(header.nextRunAt).toBeInstanceOf(Date);
    expect(entries).toEqual([]);
    await expect(world.storage.releaseExpired([identityOf(saga)], 10)).resolves.toBe(0);
  });

  it('releases the sagas of a worker that was removed', async () => {
    const worker = await world.newWorker();
    const saga = await world.start({ owner: worker });
    await world.storage.removeWorker(worker);
    await expect(world.another.releaseExpired([identityOf(saga)], 10)).resolves.toBe(1);
  });

  it('does not release the sagas of a living worker, however old they are', async () => {
    const [alive, dead] = [await world.newWorker(), await world.newWorker()];
    const saga = await world.start({ owner: alive });
    const orphan = await world.start({ saga: saga.saga, owner: dead });
    const before = await world.load(saga.sagaId);
    await world.expire(dead);
    await expect(world.storage.releaseExpired([identityOf(saga)], 10)).resolves.toBe(1);
    expect(await world.load(saga.sagaId)).toEqual(before);
    expect(await world.header(orphan.sagaId)).toMatchObject({ owner: undefined });
  });

  it('leaves sagas alone whose name or version is not known here', async () => {
    const saga = await world.start({ owner: world.newId(), version: 2 });
    const before = await world.load(saga.sagaId);
    await expect(world.storage.releaseExpired([{ saga: saga.saga, version: 1 }], 10)).resolves.toBe(0);
    await expect(world.storage.releaseExpired([], 10)).resolves.toBe(0);
    expect(JSON.stringify(await world.load(saga.sagaId))).toBe(JSON.stringify(before));
  });

  it('releases at most as many at once as are asked for, and says how many', async () => {
    const { saga } = world.newIdentity();
    const owner = world.newId();
    for (let index = 0; index < 5; index++) await world.start({ saga, owner });
    const known = [{ saga, version: 1 }];
    await expect(world.storage.releaseExpired(known, 2)).resolves.toBe(2);
    await expect(world.storage.releaseExpired(known, 2)).resolves.toBe(2);
    await expect(world.storage.releaseExpired(known, 2)).resolves.toBe(1);
    await expect(world.storage.listOwned(owner)).resolves.toEqual([]);
  });

  it('leaves each orphan to one of two processes that release at the same moment', async () => {
    const { saga } = world.newIdentity();
    const owner = world.newId();
    await Promise.all(Array.from({ length: 50 }, () => world.start({ saga, owner })));
    const known = [{ saga, version: 1 }];
    let released = 0;
    await world.until('the release of all', async () => {
      const counts = await Promise.all(
        [world.storage, world.another].map((storage) => storage.releaseExpired(known, 20)),
      );
      released += counts.reduce((sum, count) => sum + count, 0);
      return released >= 50;
    });
    expect(released).toBe(50);
  });

  it.each(['shutdown', 'trouble'] as const)(
    'releases a saga with an entry that says why (%s), so that any worker can claim it',
    async (reason) => {
      const worker = await world.newWorker();
      const saga = await world.start({ owner: worker });
      await world.storage.release([{ sagaId: saga.sagaId, seq: 1, worker, reason, begun: [], delayMs: 0 }]);
      const { header, entries } = await world.load(saga.sagaId);
      expect(entries).toMatchObject([{ kind: 'released', reason, worker, seq: 1 }]);
      expect(header).toMatchObject({ status: 'running', owner: undefined });
      const colleague = await world.newWorker();
      const claimed = await world.storage.claim({ worker: colleague, sagas: [identityOf(saga)], limit: 1 });
      expect(claimed).toMatchObject([{ entries: [{}, { kind: 'claimed', from: 'running', seq: 2 }] }]);
    },
  );

  it('releases a saga at the end of its journal if no seq is given', async () => {
    const [worker, colleague] = [await world.newWorker(), await world.newWorker()];
    const untouched = await world.start({ owner: worker });
    const requested = await world.start({ owner: worker });
    await world.append(requested.sagaId, cancelAt(requested.sagaId, 1).entry);
    const ofOther = await world.start({ owner: colleague });
    const ended = await world.start({ owner: worker });
    await world.append(ended.sagaId, entryOf.settled, changeTo.completed(), worker);
    const spared = [ofOther, ended];
    const before = await Promise.all(spared.map(({ sagaId }) => world.load(sagaId)));
    const rest = { worker, seq: undefined, reason: 'quarantine', begun: [], delayMs: 0 } as const;
    await world.storage.release([untouched, requested, ...spared].map(({ sagaId }) => ({ sagaId, ...rest })));
    expect(await world.load(untouched.sagaId)).toMatchObject({
      header: { owner: undefined },
      entries: [{ kind: 'released', reason: 'quarantine', seq: 1, worker }],
    });
    expect(await world.load(requested.sagaId)).toMatchObject({
      header: { owner: undefined },
      entries: [{ seq: 1 }, { kind: 'released', reason: 'quarantine', seq: 2, worker }],
    });
    expect(await Promise.all(spared.map(({ sagaId }) => world.load(sagaId)))).toEqual(before);
  });

  it('lets no worker claim a saga that was released with a delay before the delay is over', async () => {
    const worker = await world.newWorker();
    const startReleased = async (delayMs: number) => {
      const saga = await world.start({ owner: worker });
      const release = { sagaId: saga.sagaId, seq: 1, worker, reason: 'trouble', begun: [], delayMs } as const;
      await world.storage.release([release]);
      return saga;
    };
    const claim = (saga: NewSaga) => world.storage.claim({ worker, sagas: [identityOf(saga)], limit: 1 });
    await expect(claim(await startReleased(600_000))).resolves.toEqual([]);
    const saga = await startReleased(1_000);
    const [released] = (await world.load(saga.sagaId)).entries;
    await world.until('the claim', async () => (await claim(saga)).length === 1);
    const claimed = (await world.load(saga.sagaId)).entries[1];
    const waitedMs = (claimed?.recordedAt.getTime() ?? 0) - (released?.recordedAt.getTime() ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(990);
  });

  it('leaves a saga alone that is not the one to be released any more', async () => {
    const [worker, colleague] = [await world.newWorker(), await world.newWorker()];
    const movedOn = await world.start({ owner: worker });
    await world.append(movedOn.sagaId, cancelAt(movedOn.sagaId, 1).entry);
    const ofOther = await world.start({ owner: colleague });
    const ended = await world.start({ owner: worker });
    await world.append(ended.sagaId, entryOf.settled, changeTo.completed(), worker);
    const stuck = await world.start({ owner: worker });
    await world.append(stuck.sagaId, entryOf.stuck, changeTo.stuck(), worker);
    const ahead = await world.start({ owner: worker });
    const mine = await world.start({ owner: worker });
    const rest = { worker, reason: 'shutdown', begun: [], delayMs: 0 } as const;
    const requests: ReleaseRequest[] = [
      { sagaId: movedOn.sagaId, seq: 1, ...rest },
      { sagaId: ofOther.sagaId, seq: 1, ...rest },
      { sagaId: ended.sagaId, seq: 2, ...rest },
      { sagaId: stuck.sagaId, seq: 2, ...rest },
      { sagaId: ahead.sagaId, seq: 2, ...rest },
      { sagaId: world.newId(), seq: 1, ...rest },
    ];
    const untouched = [movedOn, ofOther, ended, stuck, ahead];
    const before = await Promise.all(untouched.map(({ sagaId }) => world.load(sagaId)));
    await world.storage.release([...requests, { sagaId: mine.sagaId, seq: 1, ...rest }]);
    expect(await Promise.all(untouched.map(({ sagaId }) => world.load(sagaId)))).toEqual(before);
    expect(await world.header(mine.sagaId)).toMatchObject({ owner: undefined });
  });

  it('releases nothing if nothing is asked', async () => {
    await expect(world.storage.release([])).resolves.toBeUndefined();
  });
}
