/// <reference types="jest" />
import type { HeaderChange, NewSaga } from '@nest-saga/core';
import type { WaitingListQuery } from '@nest-saga/core/storage-kit';
import { changeTo, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';

type Filters = Omit<WaitingListQuery, 'for' | 'limit'> & { readonly limit?: number };

/** The promises of `listWaiting`. */
export function describeWaitingLists(world: StorageWorld): void {
  const list = (filters: Filters) => world.storage.listWaiting({ for: 'approval', limit: 1_000, ...filters });
  const idsOf = (sagas: readonly { readonly sagaId: string }[]): readonly string[] =>
    sagas.map(({ sagaId }) => sagaId);
  const asking = (name: string): HeaderChange => ({
    ...changeTo.parked(undefined),
    park: { for: 'approval', name, dueInMs: undefined },
  });
  const startAsking = async (saga: string, name: string, version = 1): Promise<NewSaga> => {
    const owner = await world.newWorker();
    const started = await world.start({ saga, version, owner });
    await world.append(started.sagaId, entryOf.actCompleted, asking(name), owner);
    await world.pass(5);
    return started;
  };

  it('lists the headers of sagas that wait for a decision, by the name of the wait and then the oldest first', async () => {
    const { saga } = world.newIdentity();
    const last = await startAsking(saga, 'c-third');
    const [first, second] = [await startAsking(saga, 'a-first'), await startAsking(saga, 'a-first')];
    const between = await startAsking(saga, 'b:second');
    const { sagas, nextCursor } = await list({ saga });
    expect(idsOf(sagas)).toEqual(idsOf([first, second, between, last]));
    expect(nextCursor).toBeUndefined();
    expect(sagas[0]).toEqual(await world.heading(first.sagaId));
    expect(sagas[0]).toMatchObject({ waiting: { for: 'approval', name: 'a-first' }, owner: undefined });
  });

  it('lists no saga that waits for something else, was claimed or woken and claimed, or has ended', async () => {
    const { saga } = world.newIdentity();
    const owner = await world.newWorker();
    const waiting = await startAsking(saga, 'ask');
    const retrying = await world.start({ saga, owner });
    await world.append(retrying.sagaId, entryOf.actParked, changeTo.parked(600_000), owner);
    await world.start({ saga });
    const woken = await startAsking(saga, 'ask');
    const wake = { ...asking('ask'), park: { for: 'approval', name: 'ask', dueInMs: 0 } } as const;
    await world.append(woken.sagaId, { kind: 'cancel-requested', reason: 'not wanted' }, wake);
    expect(idsOf((await list({ saga })).sagas)).toEqual(idsOf([waiting, woken]));
    await world.storage.claim({
      worker: owner,
      sagas: [{ saga, version: 1 }],
      limit: 1,
      sagaId: woken.sagaId,
    });
    expect(idsOf((await list({ saga })).sagas)).toEqual([waiting.sagaId]);
    await world.append(waiting.sagaId, entryOf.decided, changeTo.failed());
    expect((await list({ saga })).sagas).toEqual([]);
  });

  it('narrows to waits by their names, sagas and versions', async () => {
    const { saga } = world.newIdentity();
    const { saga: other } = world.newIdentity();
    const one = await startAsking(saga, 'ask');
    const newer = await startAsking(saga, 'ask', 2);
    const elsewhere = await startAsking(other, 'ask');
    const second = await startAsking(saga, 'ask-2');
    const among = (...waits: readonly (readonly [string, number, string])[]) =>
      list({ among: waits.map(([name, version, wait]) => ({ saga: name, version, name: wait })) });
    expect(idsOf((await among([saga, 1, 'ask'])).sagas)).toEqual([one.sagaId]);
    expect(idsOf((await among([saga, 2, 'ask'], [other, 1, 'ask'])).sagas)).toEqual(
      idsOf([newer, elsewhere]),
    );
    expect(idsOf((await among([saga, 1, 'ask'], [saga, 1, 'ask-2'])).sagas)).toEqual(idsOf([one, second]));
    expect((await among([saga, 1, 'none'])).sagas).toEqual([]);
    const both = { among: [{ saga: other, version: 1, name: 'ask' }], saga };
    expect((await list(both)).sagas).toEqual([]);
  });

  it('lists a page at a time, without a gap and without repeating a saga', async () => {
    const { saga } = world.newIdentity();
    for (const name of ['x', 'y', 'x', 'y', 'z']) await startAsking(saga, name);
    const whole = idsOf((await list({ saga })).sagas);
    expect(whole).toHaveLength(5);
    for (const limit of [1, 2, 5]) {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await list({ saga, limit, ...(cursor === undefined ? {} : { cursor }) });
        found.push(...idsOf(page.sagas));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(found).toEqual(whole);
    }
  });

  it.each([0, 1_001, 1.5, Number.NaN])('refuses the limit %p', async (limit) => {
    await expect(list({ limit })).rejects.toMatchObject({ code: 'SAGA_INVALID_ARGUMENT', argument: 'limit' });
  });

  it.each(['', 'ask', '2026-01-01T00:00:00.000Z~x', 'ask~2026-01-01~018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41'])(
    'refuses the cursor %p, which no page gave',
    async (cursor) => {
      await expect(list({ cursor })).rejects.toMatchObject({
        code: 'SAGA_INVALID_ARGUMENT',
        argument: 'cursor',
      });
    },
  );
}
