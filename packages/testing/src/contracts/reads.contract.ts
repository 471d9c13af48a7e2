/// <reference types="jest" />
import type { JournalCursor, SagaHeading } from '@nest-saga/core/storage-kit';
import type { EntryDraft, JournalEntry, SagaStatus } from '@nest-saga/core';
import { maximumBytesRead, maximumSeq } from '@nest-saga/core/engine';
import { changeTo, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';
import { cancelAt } from './storage-world.js';

/** The promises of `load`, `readNews` and `readOutlines`. */
export function describeReads(world: StorageWorld): void {
  it('shows what one process wrote to another at once', async () => {
    const { sagaId } = await world.start();
    await world.append(sagaId, cancelAt(sagaId, 1).entry);
    expect(await world.another.load(sagaId)).toEqual(await world.load(sagaId));
    expect(await world.another.find(sagaId)).toEqual(await world.heading(sagaId));
  });

  it('loads nothing for a saga that does not exist', async () => {
    await expect(world.storage.load(world.newId())).resolves.toBeUndefined();
  });

  it('loads the entries after a seq, and none after the last', async () => {
    const { sagaId } = await world.start();
    for (let seq = 1; seq <= 4; seq++) await world.append(sagaId, cancelAt(sagaId, seq).entry);
    const { header, entries } = await world.load(sagaId);
    for (const afterSeq of [0, 2, 4, maximumSeq])
      expect(await world.storage.load(sagaId, afterSeq)).toEqual({
        header,
        entries: entries.slice(afterSeq),
      });
  });

  it('limits the entries of one load, says that it is cut, and continues after the given seq', async () => {
    const { sagaId } = await world.start();
    for (const seed of ['one', 'two', 'three', 'four', 'five'])
      await world.append(sagaId, { ...responded('1'), context: aThird(seed) });
    const first = await world.load(sagaId);
    expect(first.entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(first.isCut).toBe(true);
    const rest = await world.storage.load(sagaId, 3);
    expect(rest?.header).toEqual(first.header);
    expect(rest?.entries).toMatchObject([{ seq: 4 }, { seq: 5, context: aThird('five') }]);
    expect(rest).not.toHaveProperty('isCut');
  });

  it('loads one entry that is larger than a read', async () => {
    const { sagaId } = await world.start();
    for (const seed of ['one', 'two'])
      await world.append(sagaId, responded(incompressible(maximumBytesRead + 1, seed)));
    expect(await world.storage.load(sagaId, 0)).toMatchObject({ entries: [{ seq: 1 }], isCut: true });
    const rest = await world.storage.load(sagaId, 1);
    expect(rest?.entries).toMatchObject([{ seq: 2 }]);
    expect(rest).not.toHaveProperty('isCut');
  });

  it('has no news of an open saga whose reader has seen everything', async () => {
    const { sagaId } = await world.start();
    await world.append(sagaId, cancelAt(sagaId, 1).entry);
    await expect(world.storage.readNews([{ sagaId, afterSeq: 1 }])).resolves.toEqual([]);
  });

  it('has the entries after the cursor and the header as news', async () => {
    const { sagaId } = await world.start();
    for (let seq = 1; seq <= 4; seq++) await world.append(sagaId, cancelAt(sagaId, seq).entry);
    const { entries } = await world.load(sagaId);
    const header = await world.heading(sagaId);
    await expect(world.storage.readNews([{ sagaId, afterSeq: 2 }])).resolves.toEqual([
      { sagaId, header, entries: entries.slice(2), isCut: false },
    ]);
  });

  it('has no news after the last seq that a journal can have, and knows how the saga ended', async () => {
    const [open, ended] = [await world.start(), await world.start()];
    await world.append(ended.sagaId, entryOf.settled, changeTo.completed());
    const header = await world.heading(ended.sagaId);
    const cursors = [open, ended].map(({ sagaId }) => ({ sagaId, afterSeq: maximumSeq }));
    await expect(world.storage.readNews(cursors)).resolves.toEqual([
      { sagaId: ended.sagaId, header, entries: [], isCut: false },
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
      const header = await world.heading(sagaId);
      await expect(world.storage.readNews([{ sagaId, afterSeq: 1 }])).resolves.toEqual([
        { sagaId, header, entries: [], isCut: false },
      ]);
    },
  );

  it('says that a saga is unknown', async () => {
    const sagaId = world.newId();
    await expect(world.storage.readNews([{ sagaId, afterSeq: 0 }])).resolves.toEqual([
      { sagaId, header: undefined, entries: [], isCut: false },
    ]);
  });

  it('answers many cursors at once, each by its own seq', async () => {
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

  it('answers nothing if there are no cursors', async () => {
    await expect(world.storage.readNews([])).resolves.toEqual([]);
    await expect(world.storage.readOutlines([])).resolves.toEqual([]);
  });

  it('limits the news of one read, says which are cut, and continues after the given cursor', async () => {
    const sagas = await Promise.all(Array.from({ length: 3 }, () => world.start()));
    for (const { sagaId } of sagas)
      for (const seed of ['one', 'two', 'three']) await world.append(sagaId, responded(aThird(seed)));
    const quiet = await world.start();
    let cursors: readonly JournalCursor[] = [...sagas, quiet].map(({ sagaId }) => ({ sagaId, afterSeq: 0 }));
    const read: string[] = [];
    let reads = 0;
    for (; cursors.length > 0; reads++) {
      const news = await world.storage.readNews(cursors);
      const given = news.flatMap(({ entries }) => entries.map(sizeOf));
      expect(given.slice(0, -1).reduce((sum, size) => sum + size, 0)).toBeLessThan(maximumBytesRead);
      read.push(...news.flatMap(({ sagaId, entries }) => entries.map(({ seq }) => `${sagaId} ${seq}`)));
      const cut = new Map(news.filter(({ isCut }) => isCut).map(({ sagaId, entries }) => [sagaId, entries]));
      expect([...cut.keys()]).not.toContain(quiet.sagaId);
      cursors = cursors
        .filter(({ sagaId }) => cut.has(sagaId))
        .map(({ sagaId, afterSeq }) => ({ sagaId, afterSeq: cut.get(sagaId)?.at(-1)?.seq ?? afterSeq }));
    }
    const expected = sagas.flatMap(({ sagaId }) => [1, 2, 3].map((seq) => `${sagaId} ${seq}`));
    expect(read.toSorted()).toEqual(expected.toSorted());
    expect(reads).toBeGreaterThan(2);
  });

  it('gives one entry that is larger than a read', async () => {
    const { sagaId } = await world.start();
    for (const seed of ['one', 'two'])
      await world.append(sagaId, responded(incompressible(maximumBytesRead + 1, seed)));
    const [news] = await world.storage.readNews([{ sagaId, afterSeq: 0 }]);
    expect(news).toMatchObject({ entries: [{ seq: 1 }], isCut: true });
    const [rest] = await world.storage.readNews([{ sagaId, afterSeq: 1 }]);
    expect(rest).toMatchObject({ entries: [{ seq: 2 }], isCut: false });
  });

  it('outlines sagas in the requested order, without those that do not exist', async () => {
    const [fresh, worked] = [await world.start(), await world.start()];
    for (const context of ['{"left":1}', '{"left":2}'])
      await world.append(worked.sagaId, { ...responded('"a response"'), context, events: '[]' });
    await world.append(worked.sagaId, entryOf.stuck, changeTo.stuck());
    const outlines = await world.storage.readOutlines([worked.sagaId, world.newId(), fresh.sagaId]);
    const { header, entries } = await world.load(worked.sagaId);
    const values = new Set(['context', 'response', 'events']);
    const bare = entries.map((entry) =>
      Object.fromEntries(Object.entries(entry).filter(([name]) => !values.has(name))),
    );
    expect(outlines).toEqual([
      { header, context: '{"left":2}', entries: bare, isWhole: true },
      { header: await world.header(fresh.sagaId), context: fresh.context, entries: [], isWhole: true },
    ]);
  });

  it('outlines as many sagas as fit into one read, but always one', async () => {
    const halves = ['one', 'two', 'three', 'four'].map((seed) =>
      world.start({ context: incompressible(maximumBytesRead / 2 + 1, seed) }),
    );
    const ids = (await Promise.all(halves)).map(({ sagaId }) => sagaId);
    const given = (await world.storage.readOutlines(ids)).map(({ header }) => header.sagaId);
    expect(given).toEqual(ids.slice(0, 2));
  });

  it('outlines sagas with large payloads in one read', async () => {
    const sagas = await Promise.all(Array.from({ length: 3 }, () => world.start()));
    const payload = JSON.stringify(['\u0000\ud800', incompressible(maximumBytesRead, 'one')]);
    for (const { sagaId } of sagas) await world.append(sagaId, { ...signal, payload });
    const outlines = await world.storage.readOutlines(sagas.map(({ sagaId }) => sagaId));
    expect(outlines.map(({ entries }) => entries)).toMatchObject([[signal], [signal], [signal]]);
    expect(JSON.stringify(outlines).length).toBeLessThan(10_000);
  });

  it('shows a header and its journal as of one moment, however often they change', async () => {
    const { sagaId } = await world.start();
    const seen: { readonly header: SagaHeading; readonly entries: readonly JournalEntry[] }[] = [];
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

function responded(response: string): Extract<EntryDraft, { readonly kind: 'act-completed' }> {
  const times = { startedAt: new Date(0), finishedAt: new Date(1) };
  return { kind: 'act-completed', step: 'one', attempt: 1, ...times, context: '{}', response };
}

const signal = {
  kind: 'signal-received',
  name: 'paid',
  dedupeId: 'a"\\\n',
  actor: 'ada',
  wakes: true,
} as const;

/** A third of the bytes that one read returns. */
const aThird = (seed: string): string => incompressible(maximumBytesRead / 3 + 1_000, seed);

/** A JSON text of this length that compression makes only a little smaller. */
function incompressible(length: number, seed: string): string {
  let state = 7 * seed.charCodeAt(0) + seed.charCodeAt(1);
  const words: string[] = [];
  for (let size = 0; size < length; size += 7) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words.push(state.toString(36).padStart(7, '0'));
  }
  return JSON.stringify(words.join(''));
}

function sizeOf(entry: JournalEntry): number {
  return 'response' in entry ? (entry.response?.length ?? 0) : 0;
}
