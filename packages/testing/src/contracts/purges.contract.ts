/// <reference types="jest" />
import type { NewSaga } from '@nest-saga/core';
import type { PurgeRequest } from '@nest-saga/core/storage-kit';
import { changeTo, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';

/** The promises of `purge`. Each test deletes only its own sagas. */
export function describePurges(world: StorageWorld): void {
  const both = ['completed', 'failed'] as const;
  const future = (): Date => new Date('2200-01-01T00:00:00.000Z');
  const purge = async (
    sagas: readonly NewSaga[],
    given: Partial<PurgeRequest> = {},
  ): Promise<readonly string[]> => {
    const among = sagas.map(({ sagaId }) => sagaId);
    const request = { statuses: both, endedBefore: future(), limit: 500, among, ...given };
    return (await world.storage.purge(request)).map(({ sagaId }) => sagaId);
  };
  const ended = async (
    status: 'completed' | 'failed' = 'completed',
    given: Partial<NewSaga> = {},
  ): Promise<NewSaga> => {
    const saga = await world.start(given);
    await world.append(saga.sagaId, entryOf.settled, changeTo[status]());
    await world.pass(5);
    return saga;
  };
  const isStored = async ({ sagaId }: NewSaga): Promise<boolean> =>
    (await world.storage.find(sagaId)) !== undefined;

  it('deletes a saga that ended, with its journal, and answers its place in the order of creation', async () => {
    const first = await ended();
    const second = await ended('failed');
    const { createdAt } = await world.heading(first.sagaId);
    const request = { statuses: both, endedBefore: future(), limit: 500 };
    const among = [second.sagaId, first.sagaId];
    const answer = await world.storage.purge({ ...request, among });
    expect(answer.map(({ sagaId }) => sagaId)).toEqual([first.sagaId, second.sagaId]);
    expect(answer[0]).toEqual({ sagaId: first.sagaId, createdAt });
    expect(await world.storage.load(first.sagaId)).toBeUndefined();
    expect(await world.storage.readOutlines([first.sagaId])).toEqual([]);
    const [news] = await world.storage.readNews([{ sagaId: first.sagaId, afterSeq: 0 }]);
    expect(news).toMatchObject({ header: undefined, entries: [] });
    expect(await purge([first, second])).toEqual([]);
  });

  it('never deletes a saga that is open or stuck', async () => {
    const owner = await world.newWorker();
    const [pending, running, compensating, parked, stuck] = [
      await world.start(),
      await world.start({ owner }),
      await world.start({ owner }),
      await world.start({ owner }),
      await world.start({ owner }),
    ];
    await world.append(compensating.sagaId, entryOf.actFailed, changeTo.compensating(owner), owner);
    await world.append(parked.sagaId, entryOf.actParked, changeTo.parked(60_000), owner);
    await world.append(stuck.sagaId, entryOf.stuck, changeTo.stuck(), owner);
    const all = [pending, running, compensating, parked, stuck];
    expect(await purge(all)).toEqual([]);
    for (const statuses of [['stuck'], ['running', 'completed'], []])
      await expect(purge(all, { statuses: statuses as never })).rejects.toMatchObject({
        code: 'SAGA_INVALID_ARGUMENT',
        argument: 'statuses',
      });
    for (const saga of all) expect(await isStored(saga)).toBe(true);
  });

  it('deletes only sagas with these statuses that ended before this time', async () => {
    const [completed, failed] = [await ended(), await ended('failed')];
    expect(await purge([completed, failed], { endedBefore: new Date('2001-01-01T00:00:00.000Z') })).toEqual(
      [],
    );
    const { updatedAt } = await world.heading(completed.sagaId);
    expect(await purge([completed, failed], { endedBefore: updatedAt })).toEqual([]);
    expect(await purge([completed, failed], { statuses: ['failed'] })).toEqual([failed.sagaId]);
    const justAfter = new Date(updatedAt.getTime() + 1);
    expect(await purge([completed, failed], { endedBefore: justAfter })).toEqual([completed.sagaId]);
  });

  it('deletes the oldest first, as many as it may, and continues after a position', async () => {
    const sagas = [await ended(), await ended(), await ended(), await ended()];
    const ids = sagas.map(({ sagaId }) => sagaId);
    const { createdAt } = await world.heading(ids[1] ?? '');
    const after = { sagaId: ids[1] ?? '', createdAt };
    expect(await purge(sagas, { limit: 1, after })).toEqual([ids[2]]);
    expect(await purge(sagas, { limit: 2 })).toEqual([ids[0], ids[1]]);
    expect(await purge(sagas)).toEqual([ids[3]]);
  });

  it('deletes nothing in a dry run, and answers the same', async () => {
    const sagas = [await ended(), await ended()];
    expect(await purge(sagas, { dryRun: true })).toEqual(sagas.map(({ sagaId }) => sagaId));
    for (const saga of sagas) expect(await isStored(saga)).toBe(true);
  });

  it('frees the key and the id of a saga', async () => {
    const saga = await ended('completed', { key: 'cart-1' });
    await purge([saga]);
    expect(await world.storage.findByKey(saga.saga, 'cart-1')).toBeUndefined();
    await expect(world.storage.start(saga)).resolves.toEqual({ kind: 'started' });
  });

  it('deletes each saga once if several purge at the same time', async () => {
    const sagas = await Promise.all(Array.from({ length: 40 }, () => ended()));
    const among = sagas.map(({ sagaId }) => sagaId);
    const request = { statuses: both, endedBefore: future(), limit: 15, among };
    const purged: string[] = [];
    for (let round = 0; round < 10 && purged.length < 40; round++) {
      const answers = await Promise.all([
        world.storage.purge(request),
        world.another.purge(request),
        world.storage.purge(request),
      ]);
      purged.push(...answers.flat().map(({ sagaId }) => sagaId));
    }
    expect(purged.toSorted()).toEqual(among.toSorted());
  });

  it.each([0, 1.5, 501, Number.NaN])('refuses a limit that is not from 1 to 500: %s', async (limit) => {
    await expect(purge([], { limit })).rejects.toMatchObject({ argument: 'limit' });
  });

  it('refuses a time that is none', async () => {
    const endedBefore = new Date(Number.NaN);
    await expect(purge([], { endedBefore })).rejects.toMatchObject({ argument: 'endedBefore' });
  });
}
