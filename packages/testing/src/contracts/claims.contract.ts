/// <reference types="jest" />
import type { NewSaga } from '@nest-saga/core';
import { changeTo, changing, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';
import { cancelAt, identityOf } from './storage-world.js';

/** The promises of `claim`. */
export function describeClaims(world: StorageWorld): void {
  const claim = async (worker: string, saga: NewSaga, limit = 100, storage = world.storage) =>
    storage.claim({ worker, sagas: [identityOf(saga)], limit });
  const idsOf = (claimed: readonly { readonly header: { readonly sagaId: string } }[]): readonly string[] =>
    claimed.map(({ header }) => header.sagaId);

  it('claims a queued saga for the worker: RUNNING, owned, with a claimed entry, in its answer and in the storage', async () => {
    const worker = await world.newWorker();
    const saga = await world.start({ key: 'order-1', metadata: { tenant: 'a' } });
    await world.append(saga.sagaId, cancelAt(saga.sagaId, 1).entry);
    const { updatedAt: _, ...before } = await world.header(saga.sagaId);
    const [claimed, ...others] = await claim(worker, saga);
    expect(others).toEqual([]);
    expect(claimed?.header).toMatchObject({
      ...before,
      status: 'running',
      owner: worker,
      nextRunAt: undefined,
    });
    expect(claimed?.entries).toMatchObject([
      { kind: 'cancel-requested', seq: 1 },
      { kind: 'claimed', from: 'pending', seq: 2, worker },
    ]);
    expect(claimed).toEqual(await world.load(saga.sagaId));
  });

  it.each([
    ['queued', undefined],
    ['delayed', { for: 'delay', name: 'start', dueInMs: 0 }],
  ] as const)(
    'answers a %s saga that has no entry before the claim as a load answers it',
    async (_name, park) => {
      const saga = await world.start({ park });
      const [claimed] = await claim(await world.newWorker(), saga);
      expect(claimed?.entries).toMatchObject([
        { kind: 'claimed', from: 'pending', status: 'running', seq: 1 },
      ]);
      expect(claimed?.entries[0]).toEqual(
        expect.objectContaining(park === undefined ? { kind: 'claimed' } : { parked: true }),
      );
      expect(claimed).toEqual(await world.load(saga.sagaId));
    },
  );

  it('gives the journal of a claim with its last context and its last events alone', async () => {
    const saga = await world.startOrphan();
    const times = { startedAt: new Date(0), finishedAt: new Date(1) };
    const completed = (step: string, values: object) =>
      ({ kind: 'act-completed', step, attempt: 1, ...times, response: `"${step}"`, ...values }) as const;
    await world.append(saga.sagaId, completed('one', { context: '{"left":1}', events: '[]' }));
    await world.append(saga.sagaId, completed('two', { context: '{"left":2}' }));
    await world.append(saga.sagaId, completed('three', { events: '[]' }));
    await world.append(saga.sagaId, entryOf.actFailed);
    const [claimed] = await claim(await world.newWorker(), saga);
    const values = claimed?.entries.map(({ seq, ...entry }) => ({
      seq,
      ...('response' in entry ? { response: entry.response } : {}),
      ...('context' in entry ? { context: entry.context } : {}),
      ...('events' in entry ? { events: entry.events } : {}),
    }));
    const { entries } = await world.load(saga.sagaId);
    expect(claimed?.entries.map(({ kind }) => kind)).toEqual(entries.map(({ kind }) => kind));
    expect(values).toEqual([
      { seq: 1, response: '"one"' },
      { seq: 2, response: '"two"', context: '{"left":2}' },
      { seq: 3, response: '"three"', events: '[]' },
      { seq: 4 },
      { seq: 5 },
    ]);
  });

  it('claims a saga whose worker died while it was RUNNING or COMPENSATING, and keeps the status', async () => {
    const worker = await world.newWorker();
    const { saga } = world.newIdentity();
    const running = await world.startOrphan({ saga });
    const compensating = await world.startOrphan({ saga });
    await world.append(compensating.sagaId, entryOf.decided, changeTo.compensating(undefined));
    const claimed = await claim(worker, running);
    const found = claimed.map(({ header, entries }) => [header.sagaId, header.status, entries.at(-1)]);
    expect(found).toHaveLength(2);
    expect(new Map(found.map(([sagaId, ...rest]) => [sagaId, rest]))).toMatchObject(
      new Map([
        [running.sagaId, ['running', { kind: 'claimed', from: 'running' }]],
        [compensating.sagaId, ['compensating', { kind: 'claimed', from: 'compensating' }]],
      ]),
    );
  });

  it('says in the claim of a queued saga that it is RUNNING from there on, and in no other claim', async () => {
    const saga = await world.start();
    const worker = await world.newWorker();
    const [first] = await claim(worker, saga);
    expect(first?.entries.at(-1)).toMatchObject({ kind: 'claimed', status: 'running' });
    await world.expire(worker);
    await world.storage.releaseExpired([identityOf(saga)], 10);
    const [second] = await claim(await world.newWorker(), saga);
    expect(second?.entries.at(-1)).toMatchObject({ kind: 'claimed', from: 'running' });
    expect(second?.entries.at(-1)).not.toHaveProperty('status');
  });

  it('keeps the failure of a saga that it claims while it is being undone', async () => {
    const saga = await world.startOrphan();
    await world.append(saga.sagaId, entryOf.decided, changeTo.compensating(undefined));
    const { failure } = await world.header(saga.sagaId);
    const [claimed] = await claim(await world.newWorker(), saga);
    expect(claimed?.header.failure).toEqual(failure);
    expect(failure).toBeDefined();
  });

  it('leaves sagas alone that have an owner, are stuck or have ended', async () => {
    const owner = await world.newWorker();
    const { saga } = world.newIdentity();
    const owned = await world.start({ saga, owner });
    const stuck = await world.start({ saga, owner });
    const ended = await world.start({ saga, owner });
    await world.append(stuck.sagaId, entryOf.stuck, changeTo.stuck());
    await world.append(ended.sagaId, entryOf.settled, changeTo.completed());
    const before = await Promise.all([owned, stuck, ended].map(({ sagaId }) => world.load(sagaId)));
    await expect(claim(await world.newWorker(), owned)).resolves.toEqual([]);
    const after = await Promise.all([owned, stuck, ended].map(({ sagaId }) => world.load(sagaId)));
    expect(after).toEqual(before);
  });

  it('claims only the names and versions that the worker knows', async () => {
    const worker = await world.newWorker();
    const { saga } = world.newIdentity();
    const [known, otherVersion] = [await world.start({ saga }), await world.start({ saga, version: 2 })];
    const otherName = await world.start();
    const before = await Promise.all([otherVersion, otherName].map(({ sagaId }) => world.load(sagaId)));
    expect(idsOf(await claim(worker, known))).toEqual([known.sagaId]);
    const after = await Promise.all([otherVersion, otherName].map(({ sagaId }) => world.load(sagaId)));
    expect(JSON.stringify(after)).toBe(JSON.stringify(before));
    const sagas = [identityOf(otherVersion), identityOf(otherName)];
    const rest = await world.storage.claim({ worker, sagas, limit: 10 });
    expect(idsOf(rest).toSorted()).toEqual([otherVersion.sagaId, otherName.sagaId].toSorted());
  });

  it('claims nothing for a worker that knows no saga', async () => {
    await world.start();
    const worker = await world.newWorker();
    await expect(world.storage.claim({ worker, sagas: [], limit: 10 })).resolves.toEqual([]);
  });

  it.each([
    ['was never registered', async () => world.newId()],
    [
      'has an expired lease',
      async () => {
        const worker = await world.newWorker();
        await world.expire(worker);
        return worker;
      },
    ],
    [
      'was removed',
      async () => {
        const worker = await world.newWorker();
        await world.storage.removeWorker(worker);
        return worker;
      },
    ],
  ])('claims nothing for a worker that %s', async (_name, makeWorker) => {
    const saga = await world.start();
    const before = await world.load(saga.sagaId);
    await expect(claim(await makeWorker(), saga)).resolves.toEqual([]);
    expect(await world.load(saga.sagaId)).toEqual(before);
  });

  it('claims as many as are asked for, those that have been due for longest first', async () => {
    const worker = await world.newWorker();
    const { saga } = world.newIdentity();
    const sagas: NewSaga[] = [];
    for (let index = 0; index < 5; index++) {
      sagas.push(await world.start({ saga }));
      await world.pass(5);
    }
    const [first] = sagas;
    if (first === undefined) throw new Error('unreachable');
    expect(idsOf(await claim(worker, first, 2)).toSorted()).toEqual(idsIn(sagas.slice(0, 2)).toSorted());
    expect(idsOf(await claim(worker, first, 1))).toEqual(idsIn(sagas.slice(2, 3)));
    expect(idsOf(await claim(worker, first, 10)).toSorted()).toEqual(idsIn(sagas.slice(3)).toSorted());
    await expect(claim(worker, first, 10)).resolves.toEqual([]);
  });

  it('claims one saga that is asked for by its id, and only if it is claimable and known', async () => {
    const worker = await world.newWorker();
    const { saga } = world.newIdentity();
    const [wanted, owned] = [await world.start({ saga }), await world.start({ saga, owner: worker })];
    await world.start({ saga });
    const sagas = [identityOf(wanted)];
    const ask = (sagaId: string, identities = sagas) =>
      world.storage.claim({ worker, sagas: identities, limit: 10, sagaId });
    await expect(ask(wanted.sagaId, [world.newIdentity()])).resolves.toEqual([]);
    expect(idsOf(await ask(wanted.sagaId))).toEqual([wanted.sagaId]);
    await expect(ask(wanted.sagaId)).resolves.toEqual([]);
    await expect(ask(owned.sagaId)).resolves.toEqual([]);
    await expect(ask(world.newId())).resolves.toEqual([]);
  });

  it('never gives one saga to two workers, though they claim at the same moment', async () => {
    const { saga } = world.newIdentity();
    const sagas = await Promise.all(Array.from({ length: 200 }, () => world.start({ saga })));
    const [first] = sagas;
    if (first === undefined) throw new Error('unreachable');
    const workers = await Promise.all(Array.from({ length: 4 }, () => world.newWorker()));
    const taken: string[] = [];
    const claimRound = async (worker: string, index: number): Promise<void> => {
      const storage = index % 2 === 0 ? world.storage : world.another;
      taken.push(...idsOf(await claim(worker, first, 10, storage)));
    };
    // A claim skips sagas that another claim has locked, so an empty answer is not the end yet.
    await world.until('the claim of all', async () => {
      await Promise.all(workers.map(claimRound));
      return taken.length >= 200;
    });
    await Promise.all(workers.map(claimRound));
    expect(taken).toHaveLength(200);
    expect(taken.toSorted()).toEqual(idsIn(sagas).toSorted());
    const journals = await Promise.all(sagas.map(({ sagaId }) => world.load(sagaId)));
    expect(journals.filter(({ entries }) => entries.length !== 1)).toEqual([]);
  });

  it('fences the writes of the previous owner', async () => {
    const earlier = await world.newWorker();
    const saga = await world.start({ owner: earlier });
    const { sagaId } = saga;
    await world.expire(earlier);
    await world.storage.releaseExpired([identityOf(saga)], 10);
    const worker = await world.newWorker();
    await claim(worker, saga);
    const late = changing({ sagaId, seq: 1, worker: earlier, entry: entryOf.settled }, changeTo.completed());
    await expect(world.another.append(late)).resolves.toBe('fenced');
    expect(await world.load(sagaId)).toMatchObject({
      header: { status: 'running', owner: worker },
      entries: [{ kind: 'claimed', from: 'running', worker }],
    });
    const next = changing({ sagaId, seq: 2, worker, entry: entryOf.settled }, changeTo.completed());
    await expect(world.storage.append(next)).resolves.toBe('stored');
  });
}

function idsIn(sagas: readonly NewSaga[]): readonly string[] {
  return sagas.map(({ sagaId }) => sagaId);
}
