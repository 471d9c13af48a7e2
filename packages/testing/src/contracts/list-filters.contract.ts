/// <reference types="jest" />
import type { NewSaga, SagaListQuery } from '@nest-saga/core';
import { changeTo, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';
import { identityOf } from './storage-world.js';

/** The promises of the filters of `list` beyond name, key, status and time; each test lists one saga name. */
export function describeListFilters(world: StorageWorld): void {
  const idsOf = async (query: Omit<SagaListQuery, 'limit'>): Promise<readonly string[]> =>
    (await world.storage.list({ limit: 1_000, order: 'oldest', ...query })).sagas.map(({ sagaId }) => sagaId);

  /** Starts one saga for each of these, one after another, under one name. */
  const startEach = async (...given: readonly Partial<NewSaga>[]): Promise<readonly NewSaga[]> => {
    const { saga } = world.newIdentity();
    const started: NewSaga[] = [];
    for (const one of given) {
      started.push(await world.start({ saga, ...one }));
      await world.pass(5);
    }
    return started;
  };
  const nameOf = ([first]: readonly NewSaga[]): string => first?.saga ?? '';
  const pick = (sagas: readonly NewSaga[], ...indexes: readonly number[]): readonly string[] =>
    indexes.map((index) => sagas[index]?.sagaId ?? '');

  it('returns the tags of a saga wherever it returns its header', async () => {
    const tags = ['customer:42', 'a "quoted" \\ {tag}, with commas', 'NULL', 'ключ 漢字 😀'];
    const tagged = await world.start({ tags, key: 'K-1' });
    const plain = await world.start();
    expect((await world.header(tagged.sagaId)).tags).toEqual(tags);
    expect((await world.storage.find(tagged.sagaId))?.tags).toEqual(tags);
    expect((await world.storage.findByKey(tagged.saga, 'K-1'))?.tags).toEqual(tags);
    const [outline] = await world.storage.readOutlines([tagged.sagaId]);
    expect(outline?.header.tags).toEqual(tags);
    expect(await world.storage.start({ ...tagged, tags: ['other'] })).toMatchObject({
      kind: 'exists',
      header: { tags },
    });
    expect((await world.header(plain.sagaId)).tags).toBeUndefined();
  });

  it('keeps the tags through a claim, a change of status and the end', async () => {
    const saga = await world.start({ tags: ['customer:42'] });
    const worker = await world.newWorker();
    const [claimed] = await world.storage.claim({ worker, sagas: [identityOf(saga)], limit: 1 });
    expect(claimed?.header.tags).toEqual(['customer:42']);
    await world.append(saga.sagaId, entryOf.settled, changeTo.completed(), worker);
    expect((await world.header(saga.sagaId)).tags).toEqual(['customer:42']);
    expect(await idsOf({ saga: saga.saga, tags: ['customer:42'] })).toEqual([saga.sagaId]);
  });

  it('narrows by tags: a saga has all of them', async () => {
    const sagas = await startEach(
      { tags: ['customer:42', 'vip'] },
      { tags: ['customer:42'], deadlineInMs: 60_000 },
      { tags: ['vip'], owner: await world.newWorker() },
      {},
    );
    const saga = nameOf(sagas);
    expect(await idsOf({ saga, tags: ['customer:42'] })).toEqual(pick(sagas, 0, 1));
    expect(await idsOf({ saga, tags: ['vip'] })).toEqual(pick(sagas, 0, 2));
    expect(await idsOf({ saga, tags: ['vip', 'customer:42'] })).toEqual(pick(sagas, 0));
    expect(await idsOf({ saga, tags: ['customer'] })).toEqual([]);
    expect(await idsOf({ saga, tags: ['vip'], status: 'running' })).toEqual(pick(sagas, 2));
    expect(await idsOf({ saga, tags: [] })).toEqual(pick(sagas, 0, 1, 2, 3));
  });

  it('narrows by tags among sagas that start at the same time', async () => {
    const { saga } = world.newIdentity();
    const started = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        world.start({ saga, ...(index % 2 === 0 ? { tags: [`group:${index % 4}`] } : {}) }),
      ),
    );
    const expected = started.filter((_one, index) => index % 4 === 2).map(({ sagaId }) => sagaId);
    expect((await idsOf({ saga, tags: ['group:2'] })).toSorted()).toEqual(expected.toSorted());
  });

  it('narrows by the beginning of a key, letter by letter', async () => {
    const sagas = await startEach(
      { key: 'cart-1' },
      { key: 'cart-10' },
      { key: 'Cart-1' },
      { key: 'ca%t_1' },
      { key: 'çart' },
      {},
    );
    const saga = nameOf(sagas);
    expect(await idsOf({ saga, keyPrefix: 'cart-1' })).toEqual(pick(sagas, 0, 1));
    expect(await idsOf({ saga, keyPrefix: 'ca' })).toEqual(pick(sagas, 0, 1, 3));
    expect(await idsOf({ saga, keyPrefix: 'ca%' })).toEqual(pick(sagas, 3));
    expect(await idsOf({ saga, keyPrefix: 'ç' })).toEqual(pick(sagas, 4));
    expect(await idsOf({ saga, keyPrefix: '_' })).toEqual([]);
    expect(await idsOf({ keyPrefix: 'Cart-1' })).toEqual(pick(sagas, 2));
  });

  it('narrows by several statuses', async () => {
    const sagas = await startEach({}, {}, {});
    const saga = nameOf(sagas);
    await world.append(pick(sagas, 1)[0] ?? '', entryOf.stuck, changeTo.stuck());
    await world.append(pick(sagas, 2)[0] ?? '', entryOf.settled, changeTo.completed());
    expect(await idsOf({ saga, status: ['stuck', 'completed'] })).toEqual(pick(sagas, 1, 2));
    expect(await idsOf({ saga, status: ['pending'] })).toEqual(pick(sagas, 0));
    expect(await idsOf({ saga, status: ['failed', 'running'] })).toEqual([]);
  });

  it('narrows by what a saga waits for without an owner', async () => {
    const sagas = await startEach(
      { park: { for: 'delay', name: 'start', dueInMs: 600_000 } },
      { owner: await world.newWorker() },
      {},
    );
    const saga = nameOf(sagas);
    const [parked = ''] = pick(sagas, 1);
    await world.append(parked, entryOf.actParked, changeTo.parked(600_000));
    expect(await idsOf({ saga, waiting: 'delay' })).toEqual(pick(sagas, 0));
    expect(await idsOf({ saga, waiting: 'delay:start' })).toEqual(pick(sagas, 0));
    expect(await idsOf({ saga, waiting: 'delay:st' })).toEqual([]);
    expect(await idsOf({ saga, waiting: 'retry' })).toEqual([parked]);
    expect(await idsOf({ saga, waiting: 'retry:charge' })).toEqual([parked]);
    expect(await idsOf({ saga, waiting: 'approval' })).toEqual([]);
    await world.append(parked, { kind: 'cancel-requested', reason: 'no' }, changeTo.failed());
    expect(await idsOf({ saga, waiting: 'retry' })).toEqual([]);
  });

  it('narrows by the worker that runs a saga', async () => {
    const owner = await world.newWorker();
    const sagas = await startEach({ owner }, { owner: await world.newWorker() }, {});
    const saga = nameOf(sagas);
    expect(await idsOf({ saga, owner })).toEqual(pick(sagas, 0));
    await world.append(pick(sagas, 0)[0] ?? '', entryOf.settled, changeTo.completed(), owner);
    expect(await idsOf({ saga, owner })).toEqual([]);
  });

  it('narrows open and stuck sagas by the number of the last attempt, if it failed', async () => {
    const owner = await world.newWorker();
    const sagas = await startEach({ owner }, { owner }, { owner }, { owner });
    const saga = nameOf(sagas);
    const [often = '', once = '', done = '', ended = ''] = pick(sagas, 0, 1, 2, 3);
    const third = { ...entryOf.actFailed, attempt: 3 } as const;
    await world.append(often, third, changeTo.compensating(owner), owner);
    await world.append(once, entryOf.actFailed, changeTo.compensating(owner), owner);
    await world.append(done, third, undefined, owner);
    await world.append(done, { ...entryOf.actCompleted, attempt: 4 }, undefined, owner);
    await world.append(ended, third, changeTo.failed(), owner);
    expect(await idsOf({ saga, minimumAttempts: 2 })).toEqual([often]);
    expect(await idsOf({ saga, minimumAttempts: 1 })).toEqual([often, once]);
    expect(await idsOf({ saga, minimumAttempts: 1, status: ['failed', 'running'] })).toEqual([]);
  });

  it('narrows open and stuck sagas by their recoveries since the last progress', async () => {
    const { saga, version } = world.newIdentity();
    const orphan = await world.startOrphan({ saga, version });
    const recover = async (): Promise<string> => {
      const worker = await world.newWorker();
      await world.storage.claim({ worker, sagas: [{ saga, version }], limit: 1 });
      return worker;
    };
    const crash = async (worker: string): Promise<void> => {
      await world.storage.removeWorker(worker);
      await world.storage.releaseExpired([{ saga, version }], 10);
    };
    await crash(await recover());
    const second = await recover();
    expect(await idsOf({ saga, minimumRecoveries: 2 })).toEqual([orphan.sagaId]);
    expect(await idsOf({ saga, minimumRecoveries: 3 })).toEqual([]);
    await world.append(orphan.sagaId, entryOf.actCompleted, undefined, second);
    expect(await idsOf({ saga, minimumRecoveries: 1 })).toEqual([]);
    await crash(second);
    const third = await recover();
    expect(await idsOf({ saga, minimumRecoveries: 1 })).toEqual([orphan.sagaId]);
    const release = { seq: undefined, begun: [], delayMs: 0, worker: third, reason: 'shutdown' } as const;
    await world.storage.release([{ sagaId: orphan.sagaId, ...release }]);
    await recover();
    expect(await idsOf({ saga, minimumRecoveries: 1 })).toEqual([orphan.sagaId]);
    expect(await idsOf({ saga, minimumRecoveries: 2 })).toEqual([]);
  });

  it('narrows open and stuck sagas by the time since their last entry', async () => {
    const sagas = await startEach({}, { owner: await world.newWorker() }, {});
    const saga = nameOf(sagas);
    const [, busy = '', ended = ''] = pick(sagas, 0, 1, 2);
    await world.append(ended, entryOf.settled, changeTo.completed());
    await world.pass(200);
    // The time between the entry and the list is up to the machine.
    await world.until('only the other one is without news', async () => {
      await world.append(busy, { kind: 'cancel-requested', reason: 'no' });
      return (await idsOf({ saga, staleForMs: 200 })).join() === pick(sagas, 0).join();
    });
    expect(await idsOf({ saga, staleForMs: 3_600_000 })).toEqual([]);
  });
}
