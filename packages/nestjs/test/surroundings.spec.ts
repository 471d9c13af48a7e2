import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@nest-saga/testing';
import { InMemorySagaStorage, SagaEvents, SagaOperator, SystemClock } from '../src/index.js';
import type { SagaListener, SagaModuleOptions, SagaStepResult } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

const request = new AsyncLocalStorage<string>();
const customers = ['Ada', 'Bob', 'Cyd'];

/** An application whose steps write down in whose request they run. */
async function openShop(options: SagaModuleOptions = {}) {
  const opened = await openApp(orderProviders, options);
  const seen: (string | undefined)[] = [];
  const calls = opened.app.get(Calls);
  calls.onRun = () => seen.push(request.getStore());
  return { ...opened, calls, seen };
}

describe('the surroundings of a saga', () => {
  afterEach(closeApps);

  it("are the bootstrap's for queued sagas, whatever request queued them or ran before", async () => {
    const { sagas, seen } = await openShop({ recovery: { concurrency: 1 } });
    const place = async (customer: string): Promise<unknown> =>
      (await sagas.enqueue(new OrderContext(customer))).outcome();
    await Promise.all(customers.map((customer) => request.run(customer, () => place(customer))));
    expect(seen).toEqual(Array.from({ length: 9 }, () => undefined));
  });

  it("are the bootstrap's for sagas that a request starts here, live as after a recovery", async () => {
    const { sagas, seen } = await openShop();
    await request.run('Ada', async () => (await sagas.start(new OrderContext('book'))).outcome());
    expect(seen).toEqual([undefined, undefined, undefined]);
  });

  it("are the caller's where the application asks for that, and only for what it starts here", async () => {
    const { sagas, seen } = await openShop({ keepsCallerSurroundings: true });
    await request.run('Ada', async () => (await sagas.start(new OrderContext('book'))).outcome());
    expect(seen).toEqual(['Ada', 'Ada', 'Ada']);
    await request.run('Bob', async () => (await sagas.enqueue(new OrderContext('pen'))).outcome());
    expect(seen.slice(3)).toEqual([undefined, undefined, undefined]);
  });

  it('are those of the bootstrap, not an empty place', async () => {
    const seen = await request.run('bootstrap', async () => (await openShop()).seen);
    const { sagas, calls } = await request.run('bootstrap', () => openShop());
    calls.onRun = () => seen.push(request.getStore());
    await request.run('Ada', async () => (await sagas.start(new OrderContext('book'))).outcome());
    await request.run('Bob', async () => (await sagas.enqueue(new OrderContext('pen'))).outcome());
    expect(new Set(seen)).toEqual(new Set(['bootstrap']));
  });

  it("are the bootstrap's if a caller recovers a saga", async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const { sagas, seen } = await openShop({ storage, recovery: { enabled: false } });
    const { sagaId } = await sagas.enqueue(new OrderContext('book'));
    await request.run('Ada', async () => (await sagas.recover(sagaId)).outcome());
    expect(seen).toEqual([undefined, undefined, undefined]);
  });

  it("are the bootstrap's if an operator resumes a stuck saga", async () => {
    const { app, sagas, calls, seen } = await openShop({
      retry: { maximumAttempts: 1 },
      compensation: { maximumAttempts: 1 },
    });
    calls.answers.set('ship:act', () => Promise.reject(new Error('no ship')));
    calls.answers.set('charge:compensate', () => Promise.reject(new Error('no refund')));
    const handle = await sagas.start(new OrderContext('book'));
    expect(await handle.outcome()).toMatchObject({ status: 'stuck' });
    calls.answers.clear();
    await request.run('Ada', () => app.get(SagaOperator).retry(handle.sagaId, { actor: 'Ada' }));
    expect(await handle.outcome()).toMatchObject({ status: 'failed' });
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });

  it("are the bootstrap's for what a step does when its saga is cancelled", async () => {
    const { sagas, calls } = await openShop();
    const seen: (string | undefined)[] = [];
    let begun = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    calls.onRun = ({ step, outcome, signal }) => {
      if (step !== 'charge' || outcome !== undefined) return;
      calls.answers.set(
        'charge:act',
        () =>
          new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => {
              seen.push(request.getStore());
              reject(new Error('told to stop'));
            }),
          ),
      );
      begun();
    };
    const handle = await sagas.start(new OrderContext('book'));
    await hasBegun;
    await request.run('Ada', () => sagas.cancel(handle.sagaId, 'changed my mind'));
    await handle.outcome();
    expect(seen).toEqual([undefined]);
  });

  it("are the bootstrap's for the storage that a request wakes up", async () => {
    const seen: (string | undefined)[] = [];
    class WatchedStorage extends InMemorySagaStorage {
      override async readNews(...args: Parameters<InMemorySagaStorage['readNews']>) {
        seen.push(request.getStore());
        return super.readNews(...args);
      }
      override async claim(...args: Parameters<InMemorySagaStorage['claim']>) {
        seen.push(request.getStore());
        return super.claim(...args);
      }
    }
    const { sagas } = await openShop({ storage: new WatchedStorage(new SystemClock()) });
    const follow = async (customer: string): Promise<unknown> =>
      (await sagas.enqueue(new OrderContext(customer))).outcome();
    await Promise.all(customers.map((customer) => request.run(customer, () => follow(customer))));
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });
});

describe('the surroundings of a watcher', () => {
  afterEach(closeApps);

  it.each([true, false])('are its own in any process (run here: %s)', async (worker) => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const { sagas } = await openShop({ storage, worker, watchIntervalMs: 10 });
    if (!worker) await openShop({ storage });
    const told: string[] = [];
    const follow = (customer: string, sagaId: string): Promise<void> =>
      request.run(
        customer,
        () =>
          new Promise<void>((resolve) =>
            sagas.watch(sagaId).subscribe({
              next: () => told.push(`${customer} in ${request.getStore()}`),
              complete: () => {
                told.push(`${customer} in ${request.getStore()}`);
                resolve();
              },
            }),
          ),
      );
    const { sagaId } = await request.run('Dan', () => sagas.start(new OrderContext('book')));
    await Promise.all(customers.map((customer) => follow(customer, sagaId)));
    expect(new Set(told)).toEqual(new Set(customers.map((customer) => `${customer} in ${customer}`)));
    expect(told).toHaveLength(12);
  });

  it('are its own at a shutdown', async () => {
    const { app, sagas } = await openShop({
      storage: new InMemorySagaStorage(new FakeClock()),
      worker: false,
    });
    const { sagaId } = await sagas.enqueue(new OrderContext('book'));
    const told = request.run(
      'Ada',
      () =>
        new Promise((resolve) => sagas.watch(sagaId).subscribe({ error: () => resolve(request.getStore()) })),
    );
    await sagas.find(sagaId);
    await request.run('Bob', () => app.close());
    expect(await told).toBe('Ada');
  });

  it('are its own for the events of the application, and a listener hears of a run in those of the run', async () => {
    const heard: (string | undefined)[] = [];
    const listener: SagaListener = {
      onSagaEvent: ({ type }) => type === 'completed' && heard.push(request.getStore()),
    };
    const { app, sagas } = await openShop({ listener, keepsCallerSurroundings: true });
    const told = request.run(
      'Ada',
      () =>
        new Promise((resolve) =>
          app
            .get(SagaEvents)
            .lifecycle$.subscribe(({ type }) => type === 'completed' && resolve(request.getStore())),
        ),
    );
    await request.run('Bob', async () => (await sagas.start(new OrderContext('pen'))).outcome());
    expect(await told).toBe('Ada');
    expect(heard).toEqual(['Bob']);
  });

  it("are its own for a stream that it started itself, while another's shares the start", async () => {
    const { sagas } = await openShop();
    const stream = sagas.stream(new OrderContext('book'));
    const told: string[] = [];
    const follow = (customer: string): Promise<void> =>
      request.run(
        customer,
        () =>
          new Promise<void>((resolve) =>
            stream.subscribe({
              next: (_result: SagaStepResult) => told.push(`${customer} in ${request.getStore()}`),
              complete: resolve,
            }),
          ),
      );
    await Promise.all(customers.map(follow));
    expect(new Set(told)).toEqual(new Set(customers.map((customer) => `${customer} in ${customer}`)));
  });
});
