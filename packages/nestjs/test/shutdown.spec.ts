import { afterEach, describe, expect, it } from '@jest/globals';
import type { OnModuleDestroy } from '@nestjs/common';
import { DelayedStorage, FakeClock, flushPromises } from '@nest-saga/testing';
import { InMemorySagaStorage, SagaStatus, SystemClock } from '../src/index.js';
import type { SagaModuleOptions, StepRun } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

describe('the shutdown of an application', () => {
  afterEach(closeApps);

  it('waits for the running step, starts no further one and releases the saga', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const { app, sagas } = await open({ storage });
    const charge = hold(app.get(Calls), 'charge:act');
    const { sagaId } = await sagas.start(new OrderContext('book'));
    await flushPromises();
    const closed = app.close();
    await flushPromises();
    charge();
    await closed;
    expect(app.get(Calls).made).toEqual(['reserve:act', 'charge:act']);
    expect(await storage.find(sagaId)).toMatchObject({ status: SagaStatus.Running, owner: undefined });
    const entries = (await storage.load(sagaId))?.entries ?? [];
    expect(entries.map(({ kind }) => kind)).toEqual(['act-completed', 'act-completed', 'released']);
  });

  it('fires the signal of a step that is still running at the limit, and records nothing of it', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const { app, sagas, clock } = await open({ storage, shutdownTimeoutMs: 1_000 });
    const signals: AbortSignal[] = [];
    app.get(Calls).onRun = ({ step, signal }: StepRun) => {
      if (step === 'charge') signals.push(signal);
    };
    app.get(Calls).answers.set('charge:act', () => rejectOn(signals));
    const { sagaId } = await sagas.start(new OrderContext('book'));
    await flushPromises();
    const closed = app.close();
    await clock.advance(999);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance(1);
    await closed;
    expect(signals[0]?.reason).toMatchObject({ code: 'SAGA_STEP_ABORTED', reason: 'shutdown' });
    const entries = (await storage.load(sagaId))?.entries ?? [];
    expect(entries.map(({ kind }) => kind)).toEqual(['act-completed', 'released']);
  });

  it('returns though a step ignores its signal', async () => {
    const { app, sagas, clock } = await open({ shutdownTimeoutMs: 1_000, abortGraceMs: 500 });
    app.get(Calls).answers.set('charge:act', () => new Promise(() => undefined));
    await sagas.start(new OrderContext('book'));
    await flushPromises();
    const closed = app.close();
    await clock.advance(1_500);
    await closed;
    expect(app.get(Calls).made).not.toContain('charge:compensate');
  });

  it('returns though the storage does not answer any more', async () => {
    const storage = new DelayedStorage(new InMemorySagaStorage(new SystemClock()));
    const { app, clock } = await open({ storage, shutdownTimeoutMs: 1_000, abortGraceMs: 500 });
    storage.hold('removeWorker');
    const closed = app.close();
    await clock.advance(6_500);
    await closed;
    expect(storage.waitingCalls).toEqual(['removeWorker']);
  });

  it('passes the entries that were recorded while it waited to a stream, and then ends it', async () => {
    const { app, sagas } = await open();
    const charge = hold(app.get(Calls), 'charge:act');
    const seen: string[] = [];
    const end = new Promise<unknown>((resolve) => {
      sagas.stream(new OrderContext('book')).subscribe({
        next: ({ step }) => seen.push(step),
        error: resolve,
        complete: () => resolve('completed'),
      });
    });
    await flushPromises();
    const closed = app.close();
    await flushPromises();
    charge();
    await closed;
    expect(await end).toMatchObject({ code: 'SAGA_SHUTTING_DOWN' });
    expect(seen).toEqual(['reserve', 'charge']);
  });

  it('completes a stream whose last step ends in time', async () => {
    const { app, sagas } = await open();
    const ship = hold(app.get(Calls), 'ship:act');
    const handle = await sagas.start(new OrderContext('book'));
    const outcome = handle.outcome();
    await flushPromises();
    const closed = app.close();
    await flushPromises();
    ship();
    await closed;
    expect(await outcome).toMatchObject({ status: 'completed' });
  });

  it('refuses new sagas and ends those who wait for an outcome', async () => {
    const { app, sagas } = await open();
    const charge = hold(app.get(Calls), 'charge:act');
    const handle = await sagas.start(new OrderContext('book'));
    const outcome = handle.outcome().catch((error: unknown) => error);
    await flushPromises();
    const closed = app.close();
    await flushPromises();
    await expect(sagas.start(new OrderContext('pen'))).rejects.toMatchObject({ code: 'SAGA_SHUTTING_DOWN' });
    charge();
    await closed;
    expect(await outcome).toMatchObject({ code: 'SAGA_SHUTTING_DOWN' });
    await expect(handle.outcome()).rejects.toMatchObject({ code: 'SAGA_SHUTTING_DOWN' });
  });

  it('comes while what the steps use is still there', async () => {
    const order: string[] = [];
    class Connection implements OnModuleDestroy {
      onModuleDestroy(): void {
        order.push('destroy');
      }
      onApplicationShutdown(): void {
        order.push('closed');
      }
    }
    const { app, sagas } = await open({}, [Connection]);
    const charge = hold(app.get(Calls), 'charge:act');
    await sagas.start(new OrderContext('book'));
    await flushPromises();
    const closed = app.close();
    await flushPromises();
    expect(order).not.toContain('closed');
    charge();
    await closed;
    expect(order).toEqual(['destroy', 'closed']);
  });

  it('leaves no timer behind', async () => {
    const { app, sagas, clock } = await open();
    await (await sagas.start(new OrderContext('book'))).outcome();
    await app.close();
    expect(clock.pendingTimers).toBe(0);
  });
});

async function open(options: SagaModuleOptions = {}, providers: Parameters<typeof openApp>[0] = []) {
  const clock = new FakeClock();
  const opened = await openApp([...orderProviders, ...providers], options, (builder) =>
    builder.overrideProvider(SystemClock).useValue(clock),
  );
  return { ...opened, clock };
}

/** Lets a step's action hang until the returned function is called. */
function hold(calls: Calls, call: string): () => void {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  calls.answers.set(call, () => gate);
  return open;
}

function rejectOn(signals: readonly AbortSignal[]): Promise<never> {
  return new Promise((_, reject) => {
    const signal = signals.at(-1);
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });
}
