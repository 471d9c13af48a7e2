/// <reference types="jest" />
import type { StorageWorld } from './storage-world.js';

/** The promises about the rows of workers. */
export function describeWorkers(world: StorageWorld): void {
  it('renews the lease of a worker that is registered, from any process', async () => {
    const worker = await world.newWorker();
    await expect(world.storage.renewWorker(worker, 60_000)).resolves.toBe(true);
    await expect(world.another.renewWorker(worker, 60_000)).resolves.toBe(true);
  });

  it('does not renew the lease of a worker that was never registered', async () => {
    await expect(world.storage.renewWorker(world.newId(), 60_000)).resolves.toBe(false);
  });

  it('does not renew a lease that has expired, and never again', async () => {
    const worker = await world.newWorker();
    await world.expire(worker);
    await expect(world.storage.renewWorker(worker, 60_000)).resolves.toBe(false);
    await expect(world.storage.renewWorker(worker, 60_000)).resolves.toBe(false);
  });

  it('does not renew the lease of a worker that was removed', async () => {
    const worker = await world.newWorker();
    await world.storage.removeWorker(worker);
    await expect(world.storage.renewWorker(worker, 60_000)).resolves.toBe(false);
  });

  it('removes a worker that does not exist without an error', async () => {
    const worker = await world.newWorker();
    await world.storage.removeWorker(worker);
    await expect(world.storage.removeWorker(worker)).resolves.toBeUndefined();
  });

  it('counts the lease from the moment of each renewal, and leaves old sagas with their worker until it expires', async () => {
    const worker = world.newId();
    const saga = await world.start({ owner: worker });
    await world.storage.registerWorker(worker, 5_000);
    for (let round = 0; round < 3; round++) {
      await world.pass(1_700);
      await expect(world.storage.renewWorker(worker, 5_000)).resolves.toBe(true);
      await expect(world.storage.releaseExpired([saga], 10)).resolves.toBe(0);
      await expect(world.storage.find(saga.sagaId)).resolves.toMatchObject({ owner: worker });
    }
  });

  it('lets a lease expire that is not renewed', async () => {
    const worker = world.newId();
    const saga = await world.start({ owner: worker });
    await world.storage.registerWorker(worker, 600_000);
    await expect(world.storage.releaseExpired([saga], 10)).resolves.toBe(0);
    await expect(world.storage.renewWorker(worker, 1)).resolves.toBe(true);
    await world.until('the release of the saga', async () => {
      return (await world.storage.releaseExpired([saga], 10)) === 1;
    });
    await expect(world.storage.renewWorker(worker, 600_000)).resolves.toBe(false);
  });

  it('lists the open sagas of a worker, and no others', async () => {
    const [worker, colleague] = [await world.newWorker(), await world.newWorker()];
    const [mine, ended, released] = [
      await world.start({ owner: worker }),
      await world.start({ owner: worker }),
      await world.start({ owner: worker }),
    ];
    await world.start({ owner: colleague });
    await world.start();
    const end = { status: 'completed', owner: undefined, failure: undefined, stuck: undefined } as const;
    await world.append(ended.sagaId, { kind: 'settled' }, end, worker);
    const release = {
      sagaId: released.sagaId,
      seq: 1,
      worker,
      reason: 'shutdown',
      begun: [],
      delayMs: 0,
    } as const;
    await world.storage.release([release]);
    await expect(world.storage.listOwned(worker)).resolves.toEqual([mine.sagaId]);
    await expect(world.storage.listOwned(world.newId())).resolves.toEqual([]);
  });
}
