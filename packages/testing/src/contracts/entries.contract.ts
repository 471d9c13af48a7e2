/// <reference types="jest" />
import type { JournalEntry } from '@nest-saga/core';
import { parsed, sampleEntries } from './sample-entries.js';
import type { StorageWorld } from './storage-world.js';

/** The promises about stored entries: they are read as they were written. */
export function describeEntries(world: StorageWorld): void {
  it.each(Object.entries(sampleEntries))('returns an entry as it was: %s', async (_name, entry) => {
    const owner = await world.newWorker();
    const { sagaId } = await world.start({ owner });
    await world.append(sagaId, entry, undefined, owner);
    const [stored] = (await world.load(sagaId)).entries;
    if (stored === undefined) throw new Error('the entry is not stored');
    const place = { seq: 1, worker: owner, recordedAt: stored.recordedAt };
    expect(parsed(stored)).toEqual({ ...parsed(entry), ...place });
    const [news] = await world.another.readNews([{ sagaId, afterSeq: 0 }]);
    expect(news?.entries).toEqual([without(['context'], stored)]);
    const [outline] = await world.another.readOutlines([sagaId]);
    expect(outline?.entries).toEqual([without(['context', 'response', 'events', 'payload'], stored)]);
  });

  it('stores entries of every kind at once, each in its own saga', async () => {
    const entries = Object.values(sampleEntries);
    const sagas = await Promise.all(entries.map(() => world.start()));
    const results = await Promise.all(
      sagas.flatMap(({ sagaId }, index) => {
        const entry = entries[index];
        return entry === undefined ? [] : world.storage.append({ sagaId, seq: 1, worker: undefined, entry });
      }),
    );
    expect(new Set(results)).toEqual(new Set(['stored']));
    const loaded = await Promise.all(sagas.map(({ sagaId }) => world.load(sagaId)));
    expect(loaded.map(({ entries: [stored] }) => stored?.kind)).toEqual(entries.map(({ kind }) => kind));
  });

  it('stores a context of 1 MiB', async () => {
    const context = JSON.stringify({ text: 'x'.repeat(1_048_000) });
    const { sagaId } = await world.start({ context });
    const times = { startedAt: new Date(0), finishedAt: new Date(1) };
    await world.append(sagaId, { kind: 'act-completed', step: 'one', attempt: 1, ...times, context });
    const { header, entries } = await world.load(sagaId);
    const [stored] = entries;
    expect(JSON.parse(header.context)).toEqual(JSON.parse(context));
    expect(stored?.kind === 'act-completed' ? JSON.parse(stored.context ?? '') : undefined).toEqual(
      JSON.parse(context),
    );
  });
}

function without(names: readonly string[], entry: JournalEntry): unknown {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !names.includes(name)));
}
