import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { FakeClock, flushPromises } from '@nest-saga/testing';
import { InMemorySagaStorage, SystemClock } from '../src/index.js';
import type { SagaRecoveryOptions } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

const order = [{ saga: 'order', version: 1 }];

describe('the recovery options of SagaModule', () => {
  afterEach(closeApps);

  it('"enabled: false" leaves queued sagas and orphans to other processes', async () => {
    const { storage, clock, enqueue } = await openQueue();
    const [orphan = ''] = await enqueue(1);
    await claimAndDie(storage, clock, 'first');
    const [queued = ''] = await enqueue(1);
    const { sagas } = await openWorker(storage, clock, { enabled: false });
    await clock.advance(60_000);
    expect(await statusesOf(storage, [orphan, queued])).toEqual(['running', 'pending']);
    const own = await sagas.start(new OrderContext('book'));
    expect(await own.outcome()).toMatchObject({ status: 'completed' });
  });

  it('"batchSize" limits what one claim and one release take, and the rest comes with the next ones', async () => {
    const { storage, clock, enqueue } = await openQueue();
    const sagaIds = await enqueue(7);
    const [claim, release] = [jest.spyOn(storage, 'claim'), jest.spyOn(storage, 'releaseExpired')];
    await openWorker(storage, clock, { batchSize: 3 });
    await clock.advance(60_000);
    expect(await statusesOf(storage, sagaIds)).toEqual(sagaIds.map(() => 'completed'));
    expect(Math.max(...claim.mock.calls.map(([{ limit }]) => limit))).toBe(3);
    expect(new Set(release.mock.calls.map(([, limit]) => limit))).toEqual(new Set([3]));
  });

  it('"concurrency" limits how many claimed sagas run at once, and not those that are started here', async () => {
    const { storage, clock, enqueue } = await openQueue();
    const sagaIds = await enqueue(5);
    let finish: (() => void)[] = [];
    const { app, sagas } = await openWorker(storage, clock, { concurrency: 2 }, (calls) =>
      calls.answers.set('charge:act', () => new Promise<void>((resolve) => finish.push(resolve))),
    );
    const acts = () => app.get(Calls).made.filter((call) => call === 'charge:act').length;
    await clock.advance(60_000);
    expect(acts()).toBe(2);
    await sagas.start(new OrderContext('book'));
    await flushPromises();
    expect(acts()).toBe(3);
    for (let rounds = 0; rounds < 3; rounds++) {
      const held = finish;
      finish = [];
      for (const end of held) end();
      await clock.advance(10_000);
    }
    expect(await statusesOf(storage, sagaIds)).toEqual(sagaIds.map(() => 'completed'));
  });

  it.each([1_000, 20_000])(
    '"intervalMs: %s" is what lies between two sweeps, give or take a fifth',
    async (intervalMs) => {
      const { storage, clock } = await openQueue();
      const sweptAt: number[] = [];
      const release = storage.releaseExpired.bind(storage);
      storage.releaseExpired = (...sagas) => {
        sweptAt.push(clock.monotonicNow());
        return release(...sagas);
      };
      await openWorker(storage, clock, { intervalMs });
      await clock.advance(40 * intervalMs);
      const intervals = sweptAt.slice(1).map((at, index) => at - (sweptAt[index] ?? 0));
      expect(intervals.length).toBeGreaterThanOrEqual(30);
      expect(Math.min(...intervals)).toBeGreaterThanOrEqual(0.8 * intervalMs);
      expect(Math.max(...intervals)).toBeLessThanOrEqual(1.2 * intervalMs);
    },
  );

  it.each([
    [{ maximumRecoveryAttempts: 1 }, 'stuck'],
    [{ maximumRecoveryAttempts: 2 }, 'completed'],
  ])('%j leaves a saga that was recovered twice without progress %s', async (recovery, status) => {
    const { storage, clock, enqueue } = await openQueue();
    const [sagaId = ''] = await enqueue(1);
    // Taken from the queue, then recovered for the first time; the application's own claim is the second recovery.
    await claimAndDie(storage, clock, 'first');
    await claimAndDie(storage, clock, 'second');
    await openWorker(storage, clock, recovery);
    await clock.advance(60_000);
    const reason = status === 'stuck' ? 'recovery-exhausted' : undefined;
    const header = await storage.find(sagaId);
    expect([header?.status, header?.stuck?.reason]).toEqual([status, reason]);
  });
});

/** A storage with a process that only fills its queue. */
async function openQueue() {
  const clock = new FakeClock();
  const storage = new InMemorySagaStorage(clock);
  const { sagas } = await openApp(orderProviders, { storage, worker: false }, (builder) =>
    builder.overrideProvider(SystemClock).useValue(clock),
  );
  const enqueue = async (count: number): Promise<readonly string[]> => {
    const handles = Array.from({ length: count }, () => sagas.enqueue(new OrderContext('book')));
    return (await Promise.all(handles)).map(({ sagaId }) => sagaId);
  };
  return { clock, storage, enqueue };
}

/** A process that runs sagas. */
function openWorker(
  storage: InMemorySagaStorage,
  clock: FakeClock,
  recovery: SagaRecoveryOptions,
  prepare: (calls: Calls) => void = () => undefined,
) {
  const calls = new Calls();
  prepare(calls);
  return openApp(orderProviders, { storage, recovery }, (builder) =>
    builder.overrideProvider(SystemClock).useValue(clock).overrideProvider(Calls).useValue(calls),
  );
}

/** A worker that claims the due sagas and dies without a release. */
async function claimAndDie(storage: InMemorySagaStorage, clock: FakeClock, worker: string): Promise<void> {
  await storage.registerWorker(worker, 10);
  expect(await storage.claim({ worker, sagas: order, limit: 10 })).toHaveLength(1);
  await clock.advance(10);
  expect(await storage.releaseExpired(order, 10)).toBe(1);
}

async function statusesOf(storage: InMemorySagaStorage, sagaIds: readonly string[]) {
  const headers = await Promise.all(sagaIds.map((sagaId) => storage.find(sagaId)));
  return headers.map((header) => header?.status);
}
