import { afterEach, describe, expect, it } from '@jest/globals';
import { FakeClock, flushPromises } from '@nest-saga/testing';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { InMemorySagaStorage, SagaStatus, SystemClock } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

const sagaId = '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41';

describe('SagaOrchestrator.start', () => {
  afterEach(closeApps);

  it('is one execution for two concurrent starts with one id, and both handles give its outcome', async () => {
    const { app, sagas } = await openApp(orderProviders);
    const [one, two] = await Promise.all([
      sagas.start(new OrderContext('book'), { sagaId }),
      sagas.start(new OrderContext('book'), { sagaId }),
    ]);
    expect(await one.outcome()).toEqual(await two.outcome());
    expect(await one.outcome()).toMatchObject({ sagaId, status: 'completed' });
    expect(app.get(Calls).made).toHaveLength(3);
  });

  it('is one execution for two starts with one key', async () => {
    const { app, sagas } = await openApp(orderProviders);
    const one = await sagas.start(new OrderContext('book'), { key: 'cart-1' });
    const two = await sagas.start(new OrderContext('book'), { key: 'cart-1' });
    expect(two.sagaId).toBe(one.sagaId);
    await two.outcome();
    expect(app.get(Calls).made).toHaveLength(3);
  });

  it('refuses the same id with another context', async () => {
    const { sagas } = await openApp(orderProviders);
    await sagas.start(new OrderContext('book'), { sagaId });
    await expect(sagas.start(new OrderContext('pen'), { sagaId })).rejects.toMatchObject({
      code: 'SAGA_CONFLICT',
      conflict: 'context',
    });
  });

  it('refuses an id that exists where the caller wants a new saga', async () => {
    const { sagas } = await openApp(orderProviders);
    await sagas.start(new OrderContext('book'), { sagaId });
    const again = sagas.start(new OrderContext('book'), { sagaId, onConflict: 'reject' });
    await expect(again).rejects.toMatchObject({ code: 'SAGA_CONFLICT', conflict: 'exists' });
  });

  it('stores nothing for a context that cannot be stored', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const { sagas } = await openApp(orderProviders, { storage });
    const context = Object.assign(new OrderContext('book'), { count: Number.NaN });
    await expect(sagas.start(context)).rejects.toMatchObject({
      code: 'SAGA_CONTEXT_NOT_STORABLE',
      path: 'context.count',
    });
    expect((await storage.list({ limit: 1 })).sagas).toEqual([]);
  });

  it('gives a context its class back in the outcome and in find()', async () => {
    const { sagas } = await openApp(orderProviders);
    const handle = await sagas.start(new OrderContext('book'), { metadata: { tenant: 't-1' } });
    const { context } = await handle.outcome();
    expect(context).toBeInstanceOf(OrderContext);
    expect(context.reservationId).toBe('reservation of book');
    const execution = await sagas.find(handle.sagaId);
    expect(execution).toMatchObject({
      sagaId: handle.sagaId,
      saga: 'order',
      version: 1,
      status: SagaStatus.Completed,
      metadata: { tenant: 't-1' },
      failure: undefined,
    });
    expect(execution?.startContext).toEqual(new OrderContext('book'));
    expect(execution?.startContext).toBeInstanceOf(OrderContext);
    expect(execution?.context).toEqual(context);
    expect(execution?.context).toBeInstanceOf(OrderContext);
  });

  it('finds a saga by its key as well, with the step at which it stands', async () => {
    const { app, sagas } = await openApp(orderProviders, { compensation: { maximumAttempts: 1 } });
    const { answers } = app.get(Calls);
    answers.set('ship:act', () => Promise.reject(new Error('no carrier')));
    answers.set('charge:compensate', () => Promise.reject(new Error('no refunds')));
    const { sagaId, outcome } = await sagas.start(new OrderContext('book'), { key: 'cart-1' });
    await outcome();
    const found = await sagas.find({ saga: 'order', key: 'cart-1' });
    expect(found).toMatchObject({ sagaId, step: 'charge', recoveries: 0, since: found?.updatedAt });
    expect(found?.context).toMatchObject({ item: 'book', reservationId: 'reservation of book' });
    expect(await sagas.find({ saga: 'order', key: 'cart-2' })).toBeUndefined();
    await expect(sagas.find({ saga: 'order', sagaId } as never)).rejects.toMatchObject({
      code: 'SAGA_INVALID_ARGUMENT',
      argument: 'sagaId',
    });
  });

  it('answers undefined from find() and errors from watch() where there is no such saga', async () => {
    const { sagas } = await openApp(orderProviders);
    expect(await sagas.find(sagaId)).toBeUndefined();
    await expect(firstValueFrom(sagas.watch(sagaId))).rejects.toMatchObject({ code: 'SAGA_NOT_FOUND' });
    await expect(sagas.history(sagaId)).rejects.toMatchObject({ code: 'SAGA_NOT_FOUND' });
  });

  it('refuses an id that is not a UUID, and a place before the first or after the last of any journal', async () => {
    const { sagas } = await openApp(orderProviders);
    expect(() => sagas.watch('1')).toThrow(expect.objectContaining({ code: 'SAGA_INVALID_ARGUMENT' }));
    for (const fromSeq of [0, 2_147_483_648])
      expect(() => sagas.watch(sagaId, { fromSeq })).toThrow(
        expect.objectContaining({ argument: 'fromSeq' }),
      );
  });

  it('keeps why a saga is stuck, with the earlier steps untouched', async () => {
    const { app, sagas } = await openApp(orderProviders, { compensation: { maximumAttempts: 1 } });
    const { answers, made } = app.get(Calls);
    answers.set('ship:act', () => Promise.reject(new Error('no carrier')));
    answers.set('charge:compensate', () => Promise.reject(new RangeError('no refunds on sunday')));
    const handle = await sagas.start(new OrderContext('book'));
    expect(await handle.outcome()).toMatchObject({ status: 'stuck' });
    expect(await sagas.find(handle.sagaId)).toMatchObject({
      status: SagaStatus.Stuck,
      failure: { reason: 'step-failed', step: 'ship', message: 'no carrier' },
      stuck: {
        reason: 'compensation-exhausted',
        step: 'charge',
        errorName: 'RangeError',
        message: 'no refunds on sunday',
      },
    });
    expect(made).not.toContain('reserve:compensate');
  });

  it('gives the whole history', async () => {
    const { sagas } = await openApp(orderProviders);
    const handle = await sagas.start(new OrderContext('book'));
    await handle.outcome();
    const entries = await sagas.history(handle.sagaId);
    expect(entries.map(({ seq, kind }) => `${seq} ${kind}`)).toEqual([
      '1 act-completed',
      '2 act-completed',
      '3 act-completed',
    ]);
  });
});

describe('SagaOrchestrator.watch', () => {
  afterEach(closeApps);

  it('gives the results from the given `seq` on, and replays them at each subscription', async () => {
    const { sagas } = await openApp(orderProviders);
    const handle = await sagas.start(new OrderContext('book'));
    await handle.outcome();
    const late$ = sagas.watch(handle.sagaId, { fromSeq: 3 }).pipe(toArray());
    expect((await lastValueFrom(late$)).map(({ step }) => step)).toEqual(['ship']);
    expect(await lastValueFrom(late$)).toHaveLength(1);
    expect(await lastValueFrom(handle.results$.pipe(toArray()))).toHaveLength(3);
  });
});

describe('SagaOrchestrator.enqueue', () => {
  afterEach(closeApps);

  it('leaves the saga to the worker of this process', async () => {
    const { app, sagas } = await openApp(orderProviders);
    const handle = await sagas.enqueue(new OrderContext('book'));
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    expect(app.get(Calls).made).toHaveLength(3);
  });

  it('is what start and stream do in a process without a worker, which follows what another one runs', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const web = await openApp(orderProviders, { storage, worker: false });
    const worker = await openApp(orderProviders, { storage });
    const results = await lastValueFrom(web.sagas.stream(new OrderContext('book')).pipe(toArray()));
    const handle = await web.sagas.start(new OrderContext('pen'));
    expect(results).toHaveLength(3);
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    expect(web.app.get(Calls).made).toEqual([]);
    expect(worker.app.get(Calls).made).toHaveLength(6);
  });

  it('stays queued if there is no worker, and find() says so', async () => {
    const { sagas } = await openApp(orderProviders, { worker: false });
    const { sagaId: queued } = await sagas.start(new OrderContext('book'));
    expect(await sagas.find(queued)).toMatchObject({ status: SagaStatus.Pending, owner: undefined });
  });
});

describe('SagaOrchestrator.cancel', () => {
  afterEach(closeApps);

  it('undoes a running saga, which ends with the reason "cancelled"', async () => {
    const clock = new FakeClock();
    const { app, sagas } = await openApp(orderProviders, {}, (builder) =>
      builder.overrideProvider(SystemClock).useValue(clock),
    );
    app.get(Calls).answers.set('ship:act', () => new Promise(() => undefined));
    const handle = await sagas.start(new OrderContext('book'));
    await flushPromises();
    await sagas.cancel(handle.sagaId, 'the customer left', { actor: 'desk-1' });
    await clock.advance(10_000);
    expect(await handle.outcome()).toMatchObject({
      status: 'failed',
      failure: { reason: 'cancelled', message: 'the customer left' },
    });
    expect(app.get(Calls).made).toEqual(expect.arrayContaining(['charge:compensate', 'reserve:compensate']));
    await expect(sagas.cancel(handle.sagaId, 'again')).rejects.toMatchObject({ status: 'failed' });
  });
});

describe('SagaOrchestrator.recover', () => {
  afterEach(closeApps);

  it('claims a saga without an owner and gives a handle to it', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const web = await openApp(orderProviders, { storage, worker: false });
    const { sagaId: queued } = await web.sagas.enqueue(new OrderContext('book'));
    const worker = await openApp(orderProviders, { storage, recovery: { enabled: false } });
    await flushPromises();
    expect(worker.app.get(Calls).made).toEqual([]);
    const handle = await worker.sagas.recover(queued);
    expect(await handle.outcome()).toMatchObject({ sagaId: queued, status: 'completed' });
    expect(worker.app.get(Calls).made).toHaveLength(3);
  });

  it('follows a saga that another process runs and leaves it there', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const one = await openApp(orderProviders, { storage });
    const two = await openApp(orderProviders, { storage });
    let ship = (): void => undefined;
    one.app.get(Calls).answers.set('ship:act', () => new Promise<void>((resolve) => (ship = resolve)));
    const started = await one.sagas.start(new OrderContext('book'));
    await flushPromises();
    const handle = await two.sagas.recover(started.sagaId);
    ship();
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    expect(two.app.get(Calls).made).toEqual([]);
  });

  it('refuses an id that no saga has', async () => {
    const { sagas } = await openApp(orderProviders);
    await expect(sagas.recover(sagaId)).rejects.toMatchObject({ code: 'SAGA_NOT_FOUND' });
  });
});
