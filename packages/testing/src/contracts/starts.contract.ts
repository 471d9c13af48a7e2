/// <reference types="jest" />
import { changeTo, entryOf } from './header-changes.js';
import { richContext } from './sample-entries.js';
import type { StorageWorld } from './storage-world.js';

/** The promises of `start`, `find` and `findByKey`. */
export function describeStarts(world: StorageWorld): void {
  it('stores a saga that its worker runs as RUNNING, with everything it was given', async () => {
    const owner = await world.newWorker();
    const saga = world.newSaga({ owner, key: 'order-1', version: 3, metadata: { traceparent: '00-1-2-01' } });
    await expect(world.storage.start(saga)).resolves.toEqual({ kind: 'started' });
    const header = await world.header(saga.sagaId);
    const { context: _, ...given } = saga;
    expect(header).toMatchObject({ ...given, status: 'running', nextRunAt: undefined });
    expect(header).toMatchObject({ failure: undefined, stuck: undefined });
    expect(header.createdAt).toBeInstanceOf(Date);
    expect(header.updatedAt.getTime()).toBeGreaterThanOrEqual(header.createdAt.getTime());
  });

  it('stores a queued saga as PENDING, without an owner and due at once', async () => {
    const { sagaId } = await world.start();
    const header = await world.header(sagaId);
    expect(header).toMatchObject({ status: 'pending', owner: undefined });
    const delayMs = (header.nextRunAt?.getTime() ?? Number.NaN) - header.createdAt.getTime();
    expect(Math.abs(delayMs)).toBeLessThan(1_000);
  });

  it('begins with an empty journal', async () => {
    const { sagaId } = await world.start();
    expect((await world.load(sagaId)).entries).toEqual([]);
  });

  it.each([
    ['an object with all that JSON can say', richContext],
    ['null', 'null'],
    ['a text', '"a text"'],
    ['a list', '[1,[2]]'],
  ])('returns the context as it was: %s', async (_name, context) => {
    const { sagaId } = await world.start({ context });
    expect(JSON.parse((await world.header(sagaId)).context)).toEqual(JSON.parse(context));
  });

  it('returns names, keys and metadata as they were, whatever their letters', async () => {
    const key = 'Bestellung "№ 7" 😀 \\ \' ; -- $1';
    const metadata = { traceparent: '', 'ключ "1"': 'värde 漢字' };
    const saga = await world.start({ key, metadata });
    await expect(world.storage.findByKey(saga.saga, key)).resolves.toMatchObject({ key, metadata });
  });

  it('stores one saga for an id: a second start answers the first one and writes nothing', async () => {
    const saga = await world.start({ owner: await world.newWorker() });
    const before = await world.load(saga.sagaId);
    const second = world.newSaga({ sagaId: saga.sagaId, context: '{"total":2}', key: 'another' });
    await expect(world.another.start(second)).resolves.toEqual({ kind: 'exists', header: before.header });
    expect(await world.load(saga.sagaId)).toEqual(before);
    expect(await world.storage.findByKey(second.saga, 'another')).toBeUndefined();
  });

  it('stores one saga for a key: a start with another id answers the holder and writes nothing', async () => {
    const holder = await world.start({ key: 'order-1' });
    const before = await world.load(holder.sagaId);
    const second = world.newSaga({ saga: holder.saga, key: 'order-1' });
    await expect(world.storage.start(second)).resolves.toEqual({ kind: 'exists', header: before.header });
    expect(await world.storage.find(second.sagaId)).toBeUndefined();
    expect(await world.load(holder.sagaId)).toEqual(before);
  });

  it('holds a key for all versions of its saga, and for no other saga', async () => {
    const holder = await world.start({ key: 'order-1' });
    const nextVersion = world.newSaga({ saga: holder.saga, version: 2, key: 'order-1' });
    const otherSaga = world.newSaga({ key: 'order-1' });
    await expect(world.storage.start(nextVersion)).resolves.toMatchObject({ kind: 'exists' });
    await expect(world.storage.start(otherSaga)).resolves.toEqual({ kind: 'started' });
    await expect(world.storage.findByKey(holder.saga, 'order-1')).resolves.toMatchObject({
      sagaId: holder.sagaId,
    });
    await expect(world.storage.findByKey(otherSaga.saga, 'order-1')).resolves.toMatchObject({
      sagaId: otherSaga.sagaId,
    });
  });

  it('leaves sagas without a key alone: there can be any number', async () => {
    const first = await world.start();
    await expect(world.storage.start(world.newSaga({ saga: first.saga }))).resolves.toEqual({
      kind: 'started',
    });
  });

  it('keeps the id and the key of a saga that has ended', async () => {
    const saga = await world.start({ key: 'order-1', owner: await world.newWorker() });
    await world.append(saga.sagaId, entryOf.settled, changeTo.completed());
    const again = world.newSaga({ saga: saga.saga, key: 'order-1' });
    await expect(world.storage.start(saga)).resolves.toMatchObject({ kind: 'exists' });
    await expect(world.storage.start(again)).resolves.toMatchObject({
      kind: 'exists',
      header: { sagaId: saga.sagaId, status: 'completed' },
    });
  });

  it('lets exactly one of 64 starts with one key win, and gives all others the winner', async () => {
    const { saga } = world.newIdentity();
    const sagas = Array.from({ length: 64 }, () => world.newSaga({ saga, key: 'order-1' }));
    const results = await Promise.all(
      sagas.map((one, index) => (index % 2 === 0 ? world.storage : world.another).start(one)),
    );
    const winners = sagas.filter((_saga, index) => results[index]?.kind === 'started');
    expect(winners).toHaveLength(1);
    const holders = results.flatMap((result) => (result.kind === 'exists' ? [result.header.sagaId] : []));
    expect(holders).toHaveLength(63);
    expect(new Set(holders)).toEqual(new Set([winners[0]?.sagaId]));
  });

  it('lets exactly one of 16 starts with one id win', async () => {
    const saga = world.newSaga();
    const results = await Promise.all(
      Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? world.storage : world.another).start(saga)),
    );
    expect(results.filter(({ kind }) => kind === 'started')).toHaveLength(1);
  });

  it('distinguishes a repeated start from new ones that wait at the same moment', async () => {
    const known = await world.start();
    const fresh = Array.from({ length: 200 }, () => world.newSaga({ saga: known.saga }));
    const results = await Promise.all([known, ...fresh].map((saga) => world.storage.start(saga)));
    expect(results.map(({ kind }) => kind)).toEqual(['exists', ...fresh.map(() => 'started')]);
    const headers = await Promise.all(fresh.map(({ sagaId }) => world.storage.find(sagaId)));
    expect(headers.map((header) => header?.sagaId)).toEqual(fresh.map(({ sagaId }) => sagaId));
  });

  it('finds nothing under an id or a key that was never started', async () => {
    const { saga } = await world.start({ key: 'order-1' });
    await expect(world.storage.find(world.newId())).resolves.toBeUndefined();
    await expect(world.storage.findByKey(saga, 'order-2')).resolves.toBeUndefined();
  });
}
