/// <reference types="jest" />
import { changeTo, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';

/** The promises of `summarize`. Its tests use one storage one after the other, from empty on. */
export function describeSummary(world: StorageWorld): void {
  it('counts nothing and knows no age while nothing is stored', async () => {
    await expect(world.storage.summarize()).resolves.toEqual({
      pending: 0,
      running: 0,
      compensating: 0,
      stuck: 0,
      waiting: 0,
      waitingFor: {},
      oldestOpenAgeMs: undefined,
      open: [],
    });
  });

  it('counts the age of a saga that waited from the end of its wait, also while no worker claims it', async () => {
    const owner = await world.newWorker();
    const park = { for: 'signal', name: 'paid', dueInMs: undefined } as const;
    const { saga, sagaId } = await world.start({ owner });
    const end = async (id: string) => world.append(id, entryOf.settled, changeTo.completed());
    /** The moment of the storage's clock. */
    const moment = async () => {
      const probe = await world.start({ owner });
      await end(probe.sagaId);
      return (await world.header(probe.sagaId)).createdAt.getTime();
    };
    const expectAgeSince = async (since: number) => {
      const earliest = (await moment()) - since;
      const { oldestOpenAgeMs } = await world.another.summarize();
      expect(oldestOpenAgeMs).toBeGreaterThanOrEqual(earliest - 1);
      expect(oldestOpenAgeMs).toBeLessThanOrEqual((await moment()) - since + 1);
    };

    await world.append(sagaId, entryOf.actParked, { ...changeTo.parked(0), park });
    await world.pass(50);
    await expect(world.another.summarize()).resolves.toMatchObject({ oldestOpenAgeMs: undefined });
    await world.append(sagaId, entryOf.actParked, { ...changeTo.parked(0), park: { ...park, dueInMs: 0 } });
    const woken = (await world.header(sagaId)).nextRunAt?.getTime() ?? Number.NaN;
    await world.pass(50);
    await expectAgeSince(woken);
    await world.storage.claim({ worker: owner, sagas: [{ saga, version: 1 }], limit: 1 });
    await world.pass(50);
    await expectAgeSince(woken);
    await world.append(sagaId, entryOf.actParked, changeTo.parked(60_000));
    await expectAgeSince(woken);
    await end(sagaId);
  });

  it('counts open and stuck sagas, by status and by name, and leaves out those that have ended', async () => {
    const owner = await world.newWorker();
    const { saga } = world.newIdentity();
    await world.start({ saga });
    await world.start({ saga });
    await world.start({ saga, version: 2, owner });
    const compensating = await world.start({ saga, owner });
    await world.append(compensating.sagaId, entryOf.decided, changeTo.compensating(owner));
    const stuck = await world.start({ saga, owner });
    await world.append(stuck.sagaId, entryOf.stuck, changeTo.stuck());
    for (const end of [changeTo.completed(), changeTo.failed()]) {
      const { sagaId } = await world.start({ saga, owner });
      await world.append(sagaId, entryOf.settled, end);
    }
    const parked = await world.start({ saga, owner });
    await world.append(parked.sagaId, entryOf.actParked, changeTo.parked(60_000));
    const { open, ...counts } = await world.another.summarize();
    expect(counts).toMatchObject({ pending: 2, running: 2, compensating: 1, stuck: 1, waiting: 1 });
    expect(open.toSorted((one, other) => one.version - other.version)).toEqual([
      { saga, version: 1, count: 4 },
      { saga, version: 2, count: 1 },
    ]);
  });

  it('counts a saga that waits before it begins as waiting, and leaves it out of the ages', async () => {
    const before = await world.storage.summarize();
    await world.start({ park: { for: 'delay', name: 'start', dueInMs: 60_000 } });
    const after = await world.storage.summarize();
    expect(after).toMatchObject({ pending: before.pending + 1, waiting: before.waiting + 1 });
  });

  it('counts the sagas that wait by what they wait for', async () => {
    const before = await world.storage.summarize();
    const owner = await world.newWorker();
    const kinds = ['retry', 'overdue', 'overdue', 'delay', 'signal', 'signal', 'approval'] as const;
    for (const kind of kinds) {
      const { sagaId } = await world.start({ owner });
      const park = { for: kind, name: 'a:b', dueInMs: undefined };
      await world.append(sagaId, entryOf.actParked, { ...changeTo.parked(60_000), park });
    }
    const { waiting, waitingFor } = await world.another.summarize();
    expect(waiting).toBe(before.waiting + kinds.length);
    for (const kind of new Set(kinds)) {
      const more = kinds.filter((one) => one === kind).length;
      expect({ kind, count: waitingFor[kind] }).toEqual({
        kind,
        count: (before.waitingFor[kind] ?? 0) + more,
      });
    }
  });

  it('knows the age of the oldest open saga', async () => {
    await world.pass(50);
    const before = await world.storage.summarize();
    await world.start();
    const after = await world.storage.summarize();
    expect(before.oldestOpenAgeMs).toBeGreaterThanOrEqual(40);
    expect(after.oldestOpenAgeMs).toBeGreaterThanOrEqual(before.oldestOpenAgeMs ?? 0);
  });
}
