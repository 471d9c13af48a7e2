/// <reference types="jest" />
import type { LoadedSaga, SagaStatus } from '@nest-saga/core';
import { maximumSeq } from '@nest-saga/core/engine';
import { changeTo, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';
import { cancelAt } from './storage-world.js';

/** What `load` and `readNews` promise. */
export function describeReads(world: StorageWorld): void {
  it('shows what one process wrote to another at once', async () => {
    const { sagaId } = await world.start();
    await world.append(sagaId, cancelAt(sagaId, 1).entry);
    expect(await world.another.load(sagaId)).toEqual(await world.load(sagaId));
    expect(await world.another.find(sagaId)).toEqual(await world.header(sagaId));
  });

  it('loads nothing for a saga that nobody started', async () => {
    await expect(world.storage.load(world.newId())).resolves.toBeUndefined();
  });

  it('has no news of an open saga whose reader has seen everything', async () => {
    const { sagaId } = await world.start();
    await world.append(sagaId, cancelAt(sagaId, 1).entry);
    await expect(world.storage.readNews([{ sagaId, afterSeq: 1 }])).resolves.toEqual([]);
  });

  it('has the entries behind the cursor and the header as news', async () => {
    const { sagaId } = await world.start();
    for (let seq = 1; seq <= 4; seq++) await world.append(sagaId, cancelAt(sagaId, seq).entry);
    const { header, entries } = await world.load(sagaId);
    await expect(world.storage.readNews([{ sagaId, afterSeq: 2 }])).resolves.toEqual([
      { sagaId, header, entries: entries.slice(2) },
    ]);
  });

  it('has no news behind the last place that a journal can have, and knows how the saga ended', async () => {
    const [open, ended] = [await world.start(), await world.start()];
    await world.append(ended.sagaId, entryOf.settled, changeTo.completed());
    const header = await world.header(ended.sagaId);
    const cursors = [open, ended].map(({ sagaId }) => ({ sagaId, afterSeq: maximumSeq }));
    await expect(world.storage.readNews(cursors)).resolves.toEqual([
      { sagaId: ended.sagaId, header, entries: [] },
    ]);
  });

  it.each([
    ['completed', changeTo.completed()],
    ['failed', changeTo.failed()],
    ['stuck', changeTo.stuck()],
  ])(
    'has the header of a saga that is %s as news, though nothing was written since',
    async (_name, change) => {
      const { sagaId } = await world.start();
      await world.append(sagaId, entryOf.settled, change);
      const header = await world.header(sagaId);
      await expect(world.storage.readNews([{ sagaId, afterSeq: 1 }])).resolves.toEqual([
        { sagaId, header, entries: [] },
      ]);
    },
  );

  it('says that a saga is unknown', async () => {
    const sagaId = world.newId();
    await expect(world.storage.readNews([{ sagaId, afterSeq: 0 }])).resolves.toEqual([
      { sagaId, header: undefined, entries: [] },
    ]);
  });

  it('answers many cursors at once, each by its own place', async () => {
    const sagas = await Promise.all(Array.from({ length: 30 }, () => world.start()));
    const grown = sagas.filter((_saga, index) => index % 3 === 0);
    for (const { sagaId } of grown) await world.append(sagaId, cancelAt(sagaId, 1).entry);
    const unknown = world.newId();
    const cursors = [...sagas.map(({ sagaId }) => sagaId), unknown].map((sagaId) => ({
      sagaId,
      afterSeq: 0,
    }));
    const news = await world.storage.readNews(cursors);
    const told = news.map(({ sagaId, entries }) => `${sagaId} ${entries.length}`);
    const expected = [...grown.map(({ sagaId }) => `${sagaId} 1`), `${unknown} 0`];
    expect(told.toSorted()).toEqual(expected.toSorted());
  });

  it('answers nothing to nobody', async () => {
    await expect(world.storage.readNews([])).resolves.toEqual([]);
  });

  it('shows a header and its journal as of one moment, however often they change', async () => {
    const { sagaId } = await world.start();
    const seen: LoadedSaga[] = [];
    const writer = { isDone: false };
    const write = async (): Promise<void> => {
      for (let round = 0; round < 20; round++) {
        await world.append(sagaId, entryOf.actFailed, changeTo.compensating(undefined));
        await world.append(sagaId, entryOf.stuck, changeTo.stuck());
        await world.append(sagaId, entryOf.retry, changeTo.running(undefined));
      }
      writer.isDone = true;
    };
    const read = async (): Promise<void> => {
      while (!writer.isDone) {
        const loaded = await world.another.load(sagaId);
        const [news] = await world.another.readNews([{ sagaId, afterSeq: 0 }]);
        if (loaded !== undefined) seen.push(loaded);
        if (news?.header !== undefined) seen.push({ header: news.header, entries: news.entries });
      }
    };
    await Promise.all([write(), read(), read()]);
    const statusBehind = new Map<string, SagaStatus>([
      ['none', 'pending'],
      [entryOf.actFailed.kind, 'compensating'],
      [entryOf.stuck.kind, 'stuck'],
      [entryOf.retry.kind, 'running'],
    ]);
    const contradictions = seen.filter(
      ({ header, entries }) => header.status !== statusBehind.get(entries.at(-1)?.kind ?? 'none'),
    );
    expect(seen.length).toBeGreaterThan(0);
    expect(contradictions).toEqual([]);
  });
}
