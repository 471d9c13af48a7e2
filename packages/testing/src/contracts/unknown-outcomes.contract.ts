/// <reference types="jest" />
import { SagaStorageError } from '@nest-saga/core';
import type { AppendRequest, WriteOutcome } from '@nest-saga/core';
import type { LostPart } from './storage-harness.js';
import { changeTo, changing, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';
import { identityOf } from './storage-world.js';

/**
 * The promises of a write whose connection breaks: its error contains the known outcome, and a repetition of the write
 * completes it exactly once.
 */
export function describeUnknownOutcomes(world: StorageWorld): void {
  beforeAll(() => world.createFragile());

  /** Makes a call whose connection breaks, and returns the outcome in its error. */
  const lose = async (part: LostPart, call: () => Promise<unknown>): Promise<WriteOutcome | 'answered'> => {
    world.fragile.loseNext(part);
    try {
      await call();
      return 'answered';
    } catch (error) {
      if (!(error instanceof SagaStorageError)) throw error;
      return error.outcome;
    }
  };

  it.each([{}, { key: 'order-1' }])(
    'is known of no start whose answer is lost: it is stored (%j)',
    async (given) => {
      const { storage } = world.fragile;
      const saga = world.newSaga(given);
      expect(await lose('answer', () => storage.start(saga))).toBe('unknown');
      const before = await world.load(saga.sagaId);
      expect(before).toMatchObject({ header: { ...given, status: 'pending' }, entries: [] });
      await expect(storage.start(saga)).resolves.toEqual({ kind: 'exists', header: before.header });
      expect(await world.load(saga.sagaId)).toEqual(before);
    },
  );

  it('stores a start that never arrived once it is repeated', async () => {
    const { storage } = world.fragile;
    const saga = world.newSaga({ key: 'order-1' });
    expect(['unknown', 'not-written']).toContain(await lose('request', () => storage.start(saga)));
    expect(await world.storage.find(saga.sagaId)).toBeUndefined();
    await expect(storage.start(saga)).resolves.toEqual({ kind: 'started' });
  });

  const startEnding = async (): Promise<AppendRequest> => {
    const owner = await world.newWorker();
    const { sagaId } = await world.start({ owner });
    return changing({ sagaId, seq: 1, worker: owner, entry: entryOf.decided }, changeTo.compensating(owner));
  };

  it('is known of no append whose answer is lost: it is stored with its change, and fences itself', async () => {
    const { storage } = world.fragile;
    const request = await startEnding();
    expect(await lose('answer', () => storage.append(request))).toBe('unknown');
    const before = await world.load(request.sagaId);
    expect(before).toMatchObject({ header: { status: 'compensating' }, entries: [entryOf.decided] });
    await expect(storage.append(request)).resolves.toBe('fenced');
    expect(await world.load(request.sagaId)).toEqual(before);
  });

  it('stores an append that never arrived once it is repeated', async () => {
    const { storage } = world.fragile;
    const request = await startEnding();
    expect(['unknown', 'not-written']).toContain(await lose('request', () => storage.append(request)));
    expect(await world.load(request.sagaId)).toMatchObject({ header: { status: 'running' }, entries: [] });
    await expect(storage.append(request)).resolves.toBe('stored');
    expect(await world.load(request.sagaId)).toMatchObject({
      header: { status: 'compensating' },
      entries: [entryOf.decided],
    });
  });

  it("is known of no claim whose answer is lost: the saga is its worker's, which finds and releases it", async () => {
    const { storage } = world.fragile;
    const [worker, saga] = [await world.newWorker(), await world.start()];
    const claim = () => storage.claim({ worker, sagas: [identityOf(saga)], limit: 10 });
    expect(await lose('answer', claim)).toBe('unknown');
    await expect(claim()).resolves.toEqual([]);
    await expect(storage.listOwned(worker)).resolves.toEqual([saga.sagaId]);
    expect((await world.load(saga.sagaId)).entries).toMatchObject([{ kind: 'claimed', seq: 1, worker }]);
    await storage.release([
      { sagaId: saga.sagaId, seq: 2, worker, reason: 'trouble', begun: [], delayMs: 0 },
    ]);
    await expect(claim()).resolves.toMatchObject([{ header: { sagaId: saga.sagaId, owner: worker } }]);
  });

  it('claims nothing with a claim that never arrived', async () => {
    const { storage } = world.fragile;
    const [worker, saga] = [await world.newWorker(), await world.start()];
    const claim = () => storage.claim({ worker, sagas: [identityOf(saga)], limit: 10 });
    expect(['unknown', 'not-written']).toContain(await lose('request', claim));
    expect(await world.load(saga.sagaId)).toMatchObject({ header: { status: 'pending' }, entries: [] });
    await expect(claim()).resolves.toMatchObject([{ entries: [{ kind: 'claimed', seq: 1 }] }]);
  });

  it.each<[LostPart, readonly string[]]>([
    ['answer', ['unknown']],
    ['request', ['unknown', 'not-written']],
  ])('releases a saga once, though the %s of a release is lost and it is repeated', async (part, told) => {
    const { storage } = world.fragile;
    const worker = await world.newWorker();
    const { sagaId } = await world.start({ owner: worker });
    const release = () =>
      storage.release([{ sagaId, seq: 1, worker, reason: 'shutdown', begun: [], delayMs: 0 }]);
    expect(told).toContain(await lose(part, release));
    expect((await world.header(sagaId)).owner).toBe(part === 'answer' ? undefined : worker);
    await release();
    expect(await world.load(sagaId)).toMatchObject({
      header: { status: 'running', owner: undefined },
      entries: [{ kind: 'released', seq: 1, worker }],
    });
  });
}
