/// <reference types="jest" />
import type { SagaHeading } from '@nest-saga/core/storage-kit';
import type { SagaListQuery } from '@nest-saga/core';
import { changeTo, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';

/** The promises of `list`. */
export function describeLists(world: StorageWorld): void {
  const list = async (query: Omit<SagaListQuery, 'limit'>): Promise<readonly SagaHeading[]> =>
    (await world.storage.list({ limit: 1_000, ...query })).sagas;
  const idsOf = (sagas: readonly { readonly sagaId: string }[]): readonly string[] =>
    sagas.map(({ sagaId }) => sagaId);

  /** Starts sagas one after another, each at a different time. */
  const startApart = async (count: number, saga: string): Promise<readonly SagaHeading[]> => {
    const headers: SagaHeading[] = [];
    for (let index = 0; index < count; index++) {
      const { sagaId } = await world.start({ saga, key: `key-${index}` });
      headers.push(await world.heading(sagaId));
      await world.pass(5);
    }
    return headers;
  };

  const pages = async (query: SagaListQuery): Promise<readonly (readonly string[])[]> => {
    const found: (readonly string[])[] = [];
    let cursor: string | undefined;
    do {
      const page = await world.storage.list({ ...query, ...(cursor === undefined ? {} : { cursor }) });
      found.push(idsOf(page.sagas));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return found;
  };

  it('lists headers without their contexts, the newest first', async () => {
    const { saga } = world.newIdentity();
    const headers = await startApart(3, saga);
    expect(await list({ saga })).toEqual(headers.toReversed());
    expect(await list({ saga, order: 'newest' })).toEqual(headers.toReversed());
    expect(await list({ saga, order: 'oldest' })).toEqual(headers);
  });

  it('narrows by saga, key and status, together too', async () => {
    const { saga } = world.newIdentity();
    const [first, second, third] = await startApart(3, saga);
    if (first === undefined || second === undefined || third === undefined) throw new Error('unreachable');
    await world.append(second.sagaId, entryOf.stuck, changeTo.stuck());
    await world.append(third.sagaId, entryOf.settled, changeTo.completed());
    const listed = await Promise.all([
      list({ saga, status: 'stuck' }),
      list({ saga, status: 'completed' }),
      list({ saga, status: 'pending' }),
      list({ saga, key: 'key-1' }),
      list({ saga, key: 'key-1', status: 'pending' }),
      list({ saga: `${saga}-other` }),
    ]);
    expect(listed.map(idsOf)).toEqual([
      [second.sagaId],
      [third.sagaId],
      [first.sagaId],
      [second.sagaId],
      [],
      [],
    ]);
  });

  it('narrows by creation, from a moment on and before a moment', async () => {
    const { saga } = world.newIdentity();
    const [first, second, third] = await startApart(3, saga);
    if (first === undefined || second === undefined || third === undefined) throw new Error('unreachable');
    const listed = await Promise.all([
      list({ saga, from: second.createdAt }),
      list({ saga, to: second.createdAt }),
      list({ saga, from: second.createdAt, to: third.createdAt }),
      list({ saga, from: new Date(third.createdAt.getTime() + 1) }),
    ]);
    expect(listed.map(idsOf)).toEqual([[third.sagaId, second.sagaId], [first.sagaId], [second.sagaId], []]);
  });

  it.each(['newest', 'oldest'] as const)(
    'pages through sagas of one moment without skipping or repeating, the %s first',
    async (order) => {
      const { saga } = world.newIdentity();
      const started = await Promise.all(Array.from({ length: 60 }, () => world.start({ saga })));
      const whole = idsOf(await list({ saga, order }));
      const paged = await pages({ saga, order, limit: 7 });
      expect(paged.flat()).toEqual(whole);
      expect(whole.toSorted()).toEqual(idsOf(started).toSorted());
      expect(paged.map(({ length }) => length)).toEqual([7, 7, 7, 7, 7, 7, 7, 7, 4]);
    },
  );

  it('has no further page after one that is just full', async () => {
    const { saga } = world.newIdentity();
    await startApart(4, saga);
    expect((await pages({ saga, limit: 2 })).map(({ length }) => length)).toEqual([2, 2]);
    await expect(world.storage.list({ saga, limit: 4 })).resolves.toMatchObject({ nextCursor: undefined });
  });

  it('continues after the end of the last page, even if sagas started in the meantime', async () => {
    const { saga } = world.newIdentity();
    const headers = await startApart(4, saga);
    const first = await world.storage.list({ saga, limit: 2 });
    await world.start({ saga });
    const cursor = first.nextCursor ?? '';
    const second = await world.storage.list({ saga, limit: 2, cursor });
    expect(idsOf([...first.sagas, ...second.sagas])).toEqual(idsOf(headers.toReversed()));
    expect(second.nextCursor).toBeUndefined();
  });

  it('pages through what a filter leaves', async () => {
    const { saga } = world.newIdentity();
    const headers = await startApart(6, saga);
    const stuck = headers.filter((_header, index) => index % 2 === 0);
    for (const { sagaId } of stuck) await world.append(sagaId, entryOf.stuck, changeTo.stuck());
    const paged = await pages({ saga, status: 'stuck', order: 'oldest', limit: 1 });
    expect(paged.flat()).toEqual(idsOf(stuck));
  });

  it.each([0, -1, 1.5, 1_001, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a limit that is not a whole number from 1 to 1,000: %s',
    async (limit) => {
      await expect(world.storage.list({ limit })).rejects.toMatchObject({
        code: 'SAGA_INVALID_ARGUMENT',
        argument: 'limit',
      });
    },
  );

  it.each(['', 'nonsense', '2026-01-01T00:00:00.000Z~', "'; drop table saga_execution; --"])(
    'refuses a cursor that no page gave: "%s"',
    async (cursor) => {
      await expect(world.storage.list({ limit: 10, cursor })).rejects.toMatchObject({
        code: 'SAGA_INVALID_ARGUMENT',
        argument: 'cursor',
      });
    },
  );
}
