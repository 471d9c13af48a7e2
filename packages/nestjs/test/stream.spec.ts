import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { DelayedStorage, flushPromises } from '@nest-saga/testing';
import { firstValueFrom, lastValueFrom, retry, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import {
  InMemorySagaStorage,
  SagaFailedError,
  SagaShuttingDownError,
  SagaStuckError,
  SystemClock,
} from '../src/index.js';
import type { SagaStepResult } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

describe('SagaOrchestrator.stream', () => {
  afterEach(closeApps);

  it('emits the result of each step in order and completes', async () => {
    const { sagas } = await openApp(orderProviders);
    const results = await lastValueFrom(sagas.stream(new OrderContext('book')).pipe(toArray()));
    expect(results.map(({ seq, step, action, status }) => [seq, step, action, status])).toEqual([
      [1, 'reserve', 'act', 'completed'],
      [2, 'charge', 'act', 'completed'],
      [3, 'ship', 'act', 'completed'],
    ]);
  });

  it('undoes in reverse order and errors with the original error as the cause', async () => {
    const { app, sagas } = await openApp(orderProviders);
    const outage = new Error('no carrier');
    answerWith(app.get(Calls), 'ship:act', outage);
    const seen: string[] = [];
    const error = await endOf(sagas.stream(new OrderContext('book')), seen);
    expect(seen).toEqual([
      'reserve act completed',
      'charge act completed',
      'ship act failed',
      'charge compensate completed',
      'reserve compensate completed',
    ]);
    expect(error).toBeInstanceOf(SagaFailedError);
    expect(error).toMatchObject({ cause: outage, step: 'ship' });
  });

  it('calls no compensation where the first step fails', async () => {
    const { app, sagas } = await openApp(orderProviders);
    answerWith(app.get(Calls), 'reserve:act', new Error('sold out'));
    expect(await endOf(sagas.stream(new OrderContext('book')))).toBeInstanceOf(SagaFailedError);
    expect(app.get(Calls).made).toEqual(['reserve:act']);
  });

  it('errors with SagaStuckError where a compensation fails for good', async () => {
    const { app, sagas } = await openApp(orderProviders, { compensation: { maximumAttempts: 1 } });
    answerWith(app.get(Calls), 'ship:act', new Error('no carrier'));
    answerWith(app.get(Calls), 'charge:compensate', new Error('no refunds on sunday'));
    expect(await endOf(sagas.stream(new OrderContext('book')))).toBeInstanceOf(SagaStuckError);
    expect(app.get(Calls).made).not.toContain('reserve:compensate');
  });

  it('starts nothing until it is subscribed to', async () => {
    const { app, sagas } = await openApp(orderProviders);
    sagas.stream(new OrderContext('book'));
    await flushPromises();
    expect(app.get(Calls).made).toEqual([]);
  });

  it('emits a result only after its append is stored', async () => {
    const storage = new DelayedStorage(new InMemorySagaStorage(new SystemClock()));
    const { app, sagas } = await openApp(orderProviders, { storage });
    storage.hold('append');
    const seen: string[] = [];
    const end = endOf(sagas.stream(new OrderContext('book')), seen);
    await flushPromises();
    expect(app.get(Calls).made).toEqual(['reserve:act']);
    expect(storage.waitingCalls).toEqual(['append']);
    expect(seen).toEqual([]);
    storage.letPass('append');
    await end;
    expect(seen).toHaveLength(3);
  });

  it('continues the saga after an unsubscribe, and watch() replays all of it from seq 1', async () => {
    const { app, sagas } = await openApp(orderProviders);
    const first = await firstValueFrom(sagas.stream(new OrderContext('book')));
    const replayed = await lastValueFrom(sagas.watch(first.sagaId).pipe(toArray()));
    expect(replayed.map(({ step }) => step)).toEqual(['reserve', 'charge', 'ship']);
    expect(replayed[0]?.seq).toBe(1);
    expect(app.get(Calls).made).toEqual(['reserve:act', 'charge:act', 'ship:act']);
  });

  it('runs the saga once where it is subscribed to twice, and replays it to the second', async () => {
    const { app, sagas } = await openApp(orderProviders);
    const results$ = sagas.stream(new OrderContext('book'));
    const [one, two] = await Promise.all([all(results$), all(results$)]);
    const three = await all(results$);
    expect(one).toHaveLength(3);
    expect(two).toEqual(one);
    expect(three).toEqual(one);
    expect(app.get(Calls).made).toHaveLength(3);
  });

  it('runs the saga once under retry(), and gives the same failure each time', async () => {
    const { app, sagas } = await openApp(orderProviders);
    answerWith(app.get(Calls), 'ship:act', new Error('no carrier'));
    const seen: string[] = [];
    const error = await endOf(sagas.stream(new OrderContext('book')).pipe(retry(2)), seen);
    expect(error).toBeInstanceOf(SagaFailedError);
    expect(seen).toHaveLength(15);
    expect(app.get(Calls).made).toHaveLength(5);
  });

  it('attaches to its own saga where the answer of its start was lost, even with onConflict "reject"', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const { app, sagas } = await openApp(orderProviders, { storage });
    const start = storage.start.bind(storage);
    let isLost = false;
    storage.start = async (saga) => {
      const result = await start(saga);
      if (isLost) return result;
      isLost = true;
      throw new Error('the answer was lost');
    };
    const results$ = sagas.stream(new OrderContext('book'), { onConflict: 'reject' });
    expect(await all(results$.pipe(retry(1)))).toHaveLength(3);
    expect(app.get(Calls).made).toHaveLength(3);
  });

  it('errors at shutdown, so that the end of the process does not look like the end of the saga', async () => {
    const { app, sagas } = await openApp(orderProviders, { shutdownTimeoutMs: 0, abortGraceMs: 0 });
    app.get(Calls).answers.set('charge:act', () => new Promise(() => undefined));
    const seen: string[] = [];
    const end = endOf(sagas.stream(new OrderContext('book')), seen);
    await flushPromises();
    await closeApps();
    expect(await end).toBeInstanceOf(SagaShuttingDownError);
    expect(seen).toEqual(['reserve act completed']);
  });

  it('says which saga it is once that is durable, before any step has ended, and starts it only once', async () => {
    const storage = new DelayedStorage(new InMemorySagaStorage(new SystemClock()));
    const { app, sagas } = await openApp(orderProviders, { storage });
    app.get(Calls).answers.set('reserve:act', () => new Promise(() => undefined));
    storage.hold('start');
    const stream = sagas.stream(new OrderContext('book'));
    const told = jest.fn();
    const asked = stream.started().then(told);
    await flushPromises();
    expect(told).not.toHaveBeenCalled();
    storage.letPass('start');
    await asked;
    const { sagaId } = await stream.started();
    expect(told).toHaveBeenCalledWith({ sagaId, saga: 'order', version: 1, total: 3 });
    stream.subscribe({ error: () => undefined });
    await flushPromises();
    expect(app.get(Calls).made).toEqual(['reserve:act']);
    expect(await sagas.watch(sagaId).started()).toEqual(await stream.started());
  });

  it('does so for a handle too, and rejects if there is no such saga or none can start', async () => {
    const { sagas } = await openApp(orderProviders);
    const { sagaId, results$ } = await sagas.enqueue(new OrderContext('book'));
    expect(await results$.started()).toEqual({ sagaId, saga: 'order', version: 1, total: 3 });
    const unknown = '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41';
    await expect(sagas.watch(unknown).started()).rejects.toMatchObject({ code: 'SAGA_NOT_FOUND' });
    await expect(sagas.stream(new Date()).started()).rejects.toMatchObject({ code: 'SAGA_NOT_REGISTERED' });
  });

  it('errors where the context fits no saga, instead of throwing', async () => {
    const { sagas } = await openApp(orderProviders);
    expect(await endOf(sagas.stream(new Date()))).toMatchObject({ code: 'SAGA_NOT_REGISTERED' });
  });
});

function all(results$: Observable<SagaStepResult>): Promise<readonly SagaStepResult[]> {
  return lastValueFrom(results$.pipe(toArray()));
}

/** The error it ends with, or undefined; `seen` is filled with what came before. */
function endOf(results$: Observable<SagaStepResult>, seen: string[] = []): Promise<unknown> {
  return new Promise((resolve) => {
    results$.subscribe({
      next: ({ step, action, status }) => seen.push(`${step} ${action} ${status}`),
      error: resolve,
      complete: () => resolve(undefined),
    });
  });
}

function answerWith(calls: Calls, call: string, error: Error): void {
  calls.answers.set(call, () => {
    throw error;
  });
}
