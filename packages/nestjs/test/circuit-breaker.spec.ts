import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import { RecordingListener } from '@nest-saga/testing';
import { filter } from 'rxjs';
import { fallback, Saga, SagaEvents } from '../src/index.js';
import type { CircuitBreaker, CircuitBreakerOptions, SagaModuleOptions } from '../src/index.js';
import { closeApps, openApp, silent } from './open-app.js';
import { Calls, ChargeStep, OrderContext, ReserveStep, ShipStep } from './order-saga.js';

class CardDeclined extends Error {}

describe('the circuit breaker of a fallback', () => {
  beforeEach(() => {
    jest.useFakeTimers({
      doNotFake: ['setImmediate', 'setTimeout', 'nextTick', 'queueMicrotask', 'performance'],
    });
  });
  afterEach(async () => {
    jest.useRealTimers();
    await closeApps();
  });

  it('opens after so many failures in a row, and the primary is not called then', async () => {
    const { run, calls, listener } = await open({ failureThreshold: 3, resetTimeoutMs: 60_000 });
    gatewayIsDown(calls);
    for (let index = 0; index < 5; index++) expect(await run()).toBe('completed');
    expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(3);
    expect(calls.made.filter((call) => call === 'reserve:act')).toHaveLength(5);
    expect(listener.ofWorkerType('circuit')).toEqual([{ type: 'circuit', step: 'charge', state: 'open' }]);
  });

  it('records that it was open', async () => {
    const { run, calls, history } = await open({ failureThreshold: 1 });
    gatewayIsDown(calls);
    await run();
    await run();
    expect((await history())[0]).toMatchObject({
      kind: 'act-failed',
      step: 'charge',
      next: 'alternative',
      error: { name: 'CircuitOpenError' },
    });
  });

  it('tries the primary again after the reset time, and closes where it works', async () => {
    const { run, calls, listener } = await open({ failureThreshold: 1, resetTimeoutMs: 1_000 });
    gatewayIsDown(calls);
    await run();
    await run();
    calls.answers.delete('charge:act');
    jest.setSystemTime(Date.now() + 1_000);
    await run();
    await run();
    expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(3);
    expect(listener.ofWorkerType('circuit').map(({ state }) => state)).toEqual([
      'open',
      'half-open',
      'closed',
    ]);
  });

  it('lets one call try the target, and takes the alternative for the others meanwhile', async () => {
    const { run, calls } = await open({ failureThreshold: 1, resetTimeoutMs: 1_000 });
    gatewayIsDown(calls);
    await run();
    jest.setSystemTime(Date.now() + 1_000);
    let answer = (): void => undefined;
    calls.answers.set('charge:act', () => new Promise<void>((resolve) => (answer = resolve)));
    const trial = run();
    expect(await run()).toBe('completed');
    expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(2);
    answer();
    expect(await trial).toBe('completed');
  });

  it("does not count errors that are the business's own", async () => {
    const { run, calls } = await open({ failureThreshold: 2, ignoredErrors: [CardDeclined] });
    calls.answers.set('charge:act', () => Promise.reject(new CardDeclined('no money')));
    for (let index = 0; index < 4; index++) await run();
    expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(4);
  });

  it('counts failures in a row only', async () => {
    const { run, calls, listener } = await open({ failureThreshold: 2 });
    for (let index = 0; index < 3; index++) {
      gatewayIsDown(calls);
      await run();
      calls.answers.delete('charge:act');
      await run();
    }
    expect(listener.ofWorkerType('circuit')).toEqual([]);
  });

  it('counts an attempt that timed out', async () => {
    const { run, calls, listener } = await open({ failureThreshold: 1 }, { timeoutMs: 5 });
    calls.answers.set('charge:act', () => new Promise(() => undefined));
    expect(await run()).toBe('completed');
    expect(listener.ofWorkerType('circuit')).toMatchObject([{ state: 'open' }]);
  });

  it('is told on SagaEvents and in the log when it changes', async () => {
    const warn = jest.fn<LoggerService['warn']>();
    const { run, calls, app } = await open({ failureThreshold: 1 }, {}, warn);
    const seen: unknown[] = [];
    app
      .get(SagaEvents)
      .worker$.pipe(filter(({ type }) => type === 'circuit'))
      .subscribe((event) => seen.push(event));
    gatewayIsDown(calls);
    await run();
    expect(seen).toEqual([{ type: 'circuit', step: 'charge', state: 'open' }]);
    expect(warn).toHaveBeenCalledWith('The circuit of step "charge" opened', 'Saga');
  });

  it('can be made by the application', async () => {
    const made: CircuitBreakerOptions[] = [];
    const createCircuitBreaker = (options: CircuitBreakerOptions): CircuitBreaker => {
      made.push(options);
      return {
        execute: () => Promise.reject(new TypeError('open')),
        isOpen: (error) => error instanceof TypeError,
      };
    };
    const { run, calls } = await open({ failureThreshold: 7 }, { createCircuitBreaker });
    expect(await run()).toBe('completed');
    expect(made).toEqual([{ failureThreshold: 7 }]);
    expect(calls.made).toEqual(['reserve:act', 'ship:act']);
  });
});

async function open(
  circuitBreaker: CircuitBreakerOptions,
  options: SagaModuleOptions = {},
  warn: LoggerService['warn'] = () => undefined,
) {
  @Saga({
    name: 'pay',
    context: OrderContext,
    steps: [fallback(ChargeStep, ReserveStep, { circuitBreaker }), ShipStep],
  })
  class PaySaga {}
  const listener = new RecordingListener();
  const { app, sagas } = await openApp(
    [Calls, ChargeStep, ReserveStep, ShipStep, PaySaga],
    { listener, ...options },
    (builder) => builder.setLogger({ ...silent, warn }),
  );
  let sagaId = '';
  const run = async (): Promise<string> => {
    const handle = await sagas.start(new OrderContext('book'));
    sagaId = handle.sagaId;
    return (await handle.outcome()).status;
  };
  return { app, run, calls: app.get(Calls), listener, history: () => sagas.history(sagaId) };
}

function gatewayIsDown(calls: Calls): void {
  calls.answers.set('charge:act', () => Promise.reject(new Error('gateway down')));
}
