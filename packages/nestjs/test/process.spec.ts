import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DelayedStorage, FakeClock, flushPromises } from '@nest-saga/testing';
import { InMemorySagaStorage, SystemClock } from '../src/index.js';
import { KeptTimers } from './kept-timers.js';
import type { SagaModuleOptions } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';
import type { OpenApp } from './open-app.js';
import { OrderContext, orderProviders } from './order-saga.js';

describe('the process of an application', () => {
  let timers: KeptTimers;

  beforeEach(() => {
    timers = new KeptTimers();
  });
  afterEach(async () => {
    await closeApps();
    jest.restoreAllMocks();
  });

  it('stays until it is closed where it is a worker, whatever happens to its connections', async () => {
    const before = timers.size;
    const { app } = await open({});
    expect(timers.size).toBe(before + 1);
    await app.close();
    expect(timers.size).toBe(before);
  });

  it('may end where it is none and nothing is awaited', async () => {
    const before = timers.size;
    await open({ worker: false });
    expect(timers.size).toBe(before);
  });

  it.each(['start', 'enqueue'] as const)(
    'stays while it awaits %s() and the storage is silent',
    async (call) => {
      const storage = new DelayedStorage(new InMemorySagaStorage(new SystemClock()));
      const { sagas } = await open({ storage, worker: false });
      const before = timers.size;
      storage.hold('start');
      const started = sagas[call](new OrderContext('book'));
      await flushPromises();
      expect(timers.size).toBe(before + 1);
      storage.letPass('start');
      await started;
      expect(timers.size).toBe(before);
    },
  );

  it('stays while it awaits a read', async () => {
    const storage = new DelayedStorage(new InMemorySagaStorage(new SystemClock()));
    const { sagas } = await open({ storage, worker: false });
    const before = timers.size;
    storage.hold('readOutlines');
    const found = sagas.find('0190a1b2-0000-7000-8000-000000000001');
    await flushPromises();
    expect(timers.size).toBe(before + 1);
    storage.letPass('readOutlines');
    await found;
    expect(timers.size).toBe(before);
  });

  it('may end after a bootstrap that failed', async () => {
    class NoStorage extends InMemorySagaStorage {
      override open(): Promise<void> {
        return Promise.reject(new Error('away'));
      }
    }
    const before = timers.size;
    await expect(open({ storage: new NoStorage(new SystemClock()) })).rejects.toThrow('away');
    expect(timers.size).toBe(before);
  });
});

/** The clock is fake, so the remaining timers are those that keep the process. */
async function open(options: SagaModuleOptions): Promise<OpenApp> {
  return openApp(orderProviders, options, (builder) =>
    builder.overrideProvider(SystemClock).useValue(new FakeClock()),
  );
}
