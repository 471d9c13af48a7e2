/// <reference types="jest" />
import type { EntryDraft, HeaderChange } from '@nest-saga/core';
import { changeTo, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';
import { cancelAt } from './storage-world.js';

/** The promises of an append that is stored. */
export function describeAppends(world: StorageWorld): void {
  it('stores an entry at its seq and leaves the header as it was', async () => {
    const owner = await world.newWorker();
    const { sagaId } = await world.start({ owner });
    const before = await world.header(sagaId);
    await world.pass(5);
    const entry = { kind: 'released', reason: 'trouble' } as const;
    await expect(world.storage.append({ sagaId, seq: 1, worker: owner, entry })).resolves.toBe('stored');
    const { header, entries } = await world.load(sagaId);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ ...entry, seq: 1, worker: owner });
    expect(entries[0]?.recordedAt).toBeInstanceOf(Date);
    expect(header).toEqual(before);
  });

  it('stores an entry without a worker, for requests from outside', async () => {
    const { sagaId } = await world.start();
    await expect(world.storage.append(cancelAt(sagaId, 1))).resolves.toBe('stored');
    expect((await world.load(sagaId)).entries[0]?.worker).toBeUndefined();
  });

  it('gives the entries of a long journal in order of their seq', async () => {
    const { sagaId } = await world.start();
    for (let seq = 1; seq <= 25; seq++) await world.storage.append(cancelAt(sagaId, seq, `reason ${seq}`));
    const { entries } = await world.load(sagaId);
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });

  it('records the times by its own clock, which does not go back', async () => {
    const { sagaId } = await world.start();
    const { createdAt } = await world.header(sagaId);
    await world.append(sagaId, cancelAt(sagaId, 1).entry);
    await world.pass(5);
    await world.append(sagaId, cancelAt(sagaId, 2).entry);
    const times = (await world.load(sagaId)).entries.map(({ recordedAt }) => recordedAt.getTime());
    expect([createdAt.getTime(), ...times]).toEqual(
      [createdAt.getTime(), ...times].toSorted((a, b) => a - b),
    );
  });

  const changes: [string, (owner: string) => HeaderChange, EntryDraft][] = [
    ['compensating', changeTo.compensating, entryOf.actFailed],
    ['completed', changeTo.completed, entryOf.actCompleted],
    ['failed', changeTo.failed, entryOf.compensationCompleted],
    ['stuck', changeTo.stuck, entryOf.compensationFailed],
  ];
  it.each(changes)('stores an entry and the change to "%s" together', async (_status, changeOf, entry) => {
    const owner = await world.newWorker();
    const { sagaId } = await world.start({ owner });
    const before = await world.header(sagaId);
    await world.pass(5);
    const change = changeOf(owner);
    await world.append(sagaId, entry, change, owner);
    const { header, entries } = await world.load(sagaId);
    expect(entries).toHaveLength(1);
    expect(header).toEqual({ ...before, ...change, nextRunAt: undefined, updatedAt: header.updatedAt });
    expect(header.updatedAt.getTime()).toBeGreaterThan(before.updatedAt.getTime());
    expect(entries[0]?.recordedAt).toEqual(header.updatedAt);
  });

  it('stores a failure and a stuck reason with all that they can say', async () => {
    const { sagaId } = await world.start({ owner: await world.newWorker() });
    const cause = { errorName: 'GatewayError', message: 'no “answer” 😀', code: 'ETIMEDOUT' };
    const failure = {
      reason: 'step-failed',
      step: 'invoice',
      errorName: 'Error',
      message: '',
      code: 'E1',
      cause,
    };
    const stuck = { reason: 'compensation-exhausted', step: 'x', message: 'm', errorName: 'E', code: 'E2' };
    const change = { status: 'stuck', owner: undefined, failure, stuck } as HeaderChange;
    await world.append(sagaId, entryOf.stuck, change);
    expect(await world.header(sagaId)).toMatchObject({ failure, stuck });
    await world.append(sagaId, entryOf.retry, changeTo.running(undefined));
    expect(await world.header(sagaId)).toMatchObject({ failure: undefined, stuck: undefined });
  });

  it('makes a saga that comes back without an owner claimable at once', async () => {
    const { sagaId, saga, version } = await world.start({ owner: await world.newWorker() });
    await world.append(sagaId, entryOf.stuck, changeTo.stuck());
    await world.append(sagaId, entryOf.retry, changeTo.compensating(undefined));
    const header = await world.header(sagaId);
    expect(header.owner).toBeUndefined();
    expect(header.nextRunAt).toBeInstanceOf(Date);
    const worker = await world.newWorker();
    const claimed = await world.storage.claim({ worker, sagas: [{ saga, version }], limit: 10 });
    expect(claimed.map((loaded) => loaded.header.sagaId)).toEqual([sagaId]);
  });

  it('continues in the journal of a saga that is STUCK: it is not at its end', async () => {
    const { sagaId } = await world.start({ owner: await world.newWorker() });
    await world.append(sagaId, entryOf.stuck, changeTo.stuck());
    await expect(world.storage.append(cancelAt(sagaId, 2))).resolves.toBe('stored');
  });

  it('returns the journal as it was when it was loaded, whatever is appended later', async () => {
    const { sagaId } = await world.start();
    const loaded = await world.load(sagaId);
    await world.append(sagaId, entryOf.stuck, changeTo.stuck());
    expect(loaded).toMatchObject({ header: { status: 'pending' }, entries: [] });
  });
}
