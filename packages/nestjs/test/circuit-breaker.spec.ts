import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import { FakeClock, RecordingListener, flushPromises } from '@nest-saga/testing';
import { filter } from 'rxjs';
import { CockatielCircuitBreaker } from '../src/circuit-breaker/cockatiel-circuit-breaker.js';
import {
  CircuitOpenError,
  fallback,
  NonRetryableError,
  Saga,
  SagaEvents,
  step,
  SystemClock,
} from '../src/index.js';
import type {
  CircuitBreaker,
  CircuitBreakerOptions,
  CreateCircuitBreaker,
  ErrorMatcher,
  SagaHandle,
  SagaModuleOptions,
} from '../src/index.js';
import { closeApps, openApp, silent } from './open-app.js';
import { Calls, ChargeStep, OrderContext, ReserveStep, ShipStep } from './order-saga.js';

class CardDeclined extends Error {}
class GatewayError extends Error {}

/** The module's time stands still until a test moves it; its timers are real. */
class PausedClock extends SystemClock {
  private monotonicMs = 0;

  override monotonicNow(): number {
    return this.monotonicMs;
  }

  skip(byMs: number): void {
    this.monotonicMs += byMs;
  }
}

describe('the circuit breaker of a fallback', () => {
  afterEach(closeApps);

  it('opens after the given number of failures in a row, and the primary is not called then', async () => {
    const { run, calls, listener } = await open({ failureThreshold: 3, resetTimeoutMs: 60_000 });
    gatewayIsDown(calls);
    for (let index = 0; index < 5; index++) expect(await run()).toBe('completed');
    expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(3);
    expect(calls.made.filter((call) => call === 'reserve:act')).toHaveLength(5);
    expect(listener.ofWorkerType('circuit')).toEqual([
      { type: 'circuit', saga: 'pay', version: 1, step: 'charge', state: 'open' },
    ]);
  });

  it('opens after five failures and tries again a minute later, by default', async () => {
    const { clock, run, calls, listener } = await open({});
    gatewayIsDown(calls);
    for (let index = 0; index < 7; index++) await run();
    expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(5);
    clock.skip(59_999);
    await run();
    expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(5);
    clock.skip(1);
    await run();
    expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(6);
    expect(listener.ofWorkerType('circuit').map(({ state }) => state)).toEqual(['open', 'half-open', 'open']);
  });

  it('is one for each step: that of one is open, and that of another lets its calls through', async () => {
    const breaker = new CockatielCircuitBreaker({ failureThreshold: 1 }, new PausedClock(), () => undefined);
    const fail = (step: string) => breaker.execute(step, () => Promise.reject(new Error('down')));
    await expect(fail('card')).rejects.toThrow('down');
    await expect(fail('card')).rejects.toBeInstanceOf(CircuitOpenError);
    await expect(fail('wallet')).rejects.toThrow('down');
  });

  it('is one for each step of a saga: each opens by its own failures', async () => {
    @Saga({
      name: 'pay-twice',
      context: OrderContext,
      steps: [
        fallback(ChargeStep, ReserveStep, { circuitBreaker: { failureThreshold: 1 } }),
        fallback(ShipStep, step(ReserveStep, { id: 'pick-up' }), { circuitBreaker: { failureThreshold: 1 } }),
      ],
    })
    class PayTwiceSaga {}
    const { app, sagas } = await openApp([Calls, ChargeStep, ReserveStep, ShipStep, PayTwiceSaga]);
    const calls = app.get(Calls);
    gatewayIsDown(calls);
    for (let index = 0; index < 2; index++) await (await sagas.start(new OrderContext('book'))).outcome();
    expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(1);
    expect(calls.made.filter((call) => call === 'ship:act')).toHaveLength(2);
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
    const { clock, run, calls, listener } = await open({ failureThreshold: 1, resetTimeoutMs: 1_000 });
    gatewayIsDown(calls);
    await run();
    await run();
    calls.answers.delete('charge:act');
    clock.skip(1_000);
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
    const { clock, run, calls } = await open({ failureThreshold: 1, resetTimeoutMs: 1_000 });
    gatewayIsDown(calls);
    await run();
    clock.skip(1_000);
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

  it('stays closed for the next customer after a declined card, which is none of the failure errors', async () => {
    const { run, calls, listener } = await open({ failureThreshold: 1 }, {}, {}, [GatewayError]);
    calls.answers.set('charge:act', () => Promise.reject(new CardDeclined('no money')));
    expect(await run()).toBe('failed');
    calls.answers.delete('charge:act');
    expect(await run()).toBe('completed');
    expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(2);
    expect(listener.ofWorkerType('circuit')).toEqual([]);

    calls.answers.set('charge:act', () => Promise.reject(new GatewayError('503')));
    await run();
    expect(listener.ofWorkerType('circuit')).toMatchObject([{ state: 'open' }]);
  });

  it.each([
    ['of this package', () => new NonRetryableError('the card is stolen')],
    [
      'of a second copy of this package',
      () => Object.assign(new Error('the card is stolen'), { code: 'SAGA_STEP_NON_RETRYABLE' }),
    ],
  ])('never counts a NonRetryableError %s', async (_name, makeError) => {
    for (const failureErrors of [undefined, [Error]]) {
      const { run, calls, listener } = await open({ failureThreshold: 1 }, {}, {}, failureErrors);
      calls.answers.set('charge:act', () => Promise.reject(makeError()));
      for (let index = 0; index < 3; index++) await run();
      expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(3);
      expect(listener.ofWorkerType('circuit')).toEqual([]);
    }
  });

  it('counts the errors that its own settings name, if they name any', async () => {
    const { run, calls, listener } = await open(
      { failureThreshold: 1, countedErrors: [CardDeclined] },
      {},
      {},
      [GatewayError],
    );
    calls.answers.set('charge:act', () => Promise.reject(new CardDeclined('no money')));
    await run();
    expect(listener.ofWorkerType('circuit')).toMatchObject([{ state: 'open' }]);
  });

  it('closes by the clock of the module: a fake one will do', async () => {
    const clock = new FakeClock();
    @Saga({
      name: 'pay',
      context: OrderContext,
      steps: [
        fallback(ChargeStep, ReserveStep, {
          circuitBreaker: { failureThreshold: 1, resetTimeoutMs: 30_000 },
        }),
      ],
    })
    class PaySaga {}
    const { app, sagas } = await openApp([Calls, ChargeStep, ReserveStep, PaySaga], {}, (builder) =>
      builder.overrideProvider(SystemClock).useValue(clock),
    );
    const calls = app.get(Calls);
    const pay = async () => (await sagas.start(new OrderContext('book'))).outcome();
    gatewayIsDown(calls);
    await pay();
    calls.answers.delete('charge:act');
    await pay();
    expect(calls.made).toEqual(['charge:act', 'reserve:act', 'reserve:act']);

    await clock.advance(29_999);
    await pay();
    expect(calls.made.slice(3)).toEqual(['reserve:act']);
    await clock.advance(1);
    await pay();
    expect(calls.made.slice(4)).toEqual(['charge:act']);
  });

  it.each([-3_600_000, 3_600_000])('is as long open if the wall clock jumps by %d ms', async (jumpMs) => {
    const { clock, run, calls, listener } = await open({ failureThreshold: 1, resetTimeoutMs: 1_000 });
    const states = () => listener.ofWorkerType('circuit').map(({ state }) => state);
    gatewayIsDown(calls);
    await run();
    const now = Date.now();
    const wallClock = jest.spyOn(Date, 'now').mockReturnValue(now + jumpMs);
    try {
      await run();
      expect(states()).toEqual(['open']);
      clock.skip(1_000);
      await run();
      expect(states()).toEqual(['open', 'half-open', 'open']);
    } finally {
      wallClock.mockRestore();
    }
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

  it('does not count the error of a handler whose saga was cancelled', async () => {
    const { start, cancel, calls, listener } = await open({ failureThreshold: 1 });
    listensToItsSignal(calls);
    for (let index = 0; index < 3; index++) {
      const handle = await start();
      await cancel(handle);
      expect(await handle.outcome()).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    }
    expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(3);
    expect(listener.ofWorkerType('circuit')).toEqual([]);
  });

  it.each([
    ['is told that the process shuts down', 1],
    ['fails while the process waits for it to end', 60_000],
  ])('does not count what a handler throws that %s', async (_name, shutdownTimeoutMs) => {
    const { app, start, calls, listener } = await open({ failureThreshold: 1 }, { shutdownTimeoutMs });
    const fail = listensToItsSignal(calls);
    await start();
    await flushPromises();
    const closed = app.close();
    await flushPromises();
    if (shutdownTimeoutMs > 1) fail();
    await closed;
    expect(calls.made).toEqual(['charge:act']);
    expect(listener.ofWorkerType('circuit')).toEqual([]);
  });

  it('learns nothing from a trial that a cancel cut off: it stays open, and the next call is the trial', async () => {
    const { clock, run, start, cancel, calls, listener } = await open({
      failureThreshold: 1,
      resetTimeoutMs: 1_000,
    });
    gatewayIsDown(calls);
    await run();
    clock.skip(1_000);
    listensToItsSignal(calls);
    const trial = await start();
    await cancel(trial);
    expect(await trial.outcome()).toMatchObject({ failure: { reason: 'cancelled' } });
    const states = () => listener.ofWorkerType('circuit').map(({ state }) => state);
    expect(states()).toEqual(['open', 'half-open', 'open']);

    gatewayIsDown(calls);
    await run();
    expect(states().slice(3)).toEqual(['half-open', 'open']);
    await run();
    expect(calls.made.filter((call) => call === 'charge:act')).toHaveLength(3);

    clock.skip(1_000);
    calls.answers.delete('charge:act');
    await run();
    expect(states().slice(5)).toEqual(['half-open', 'closed']);
  });

  it('is published on SagaEvents and logged when it changes', async () => {
    const [warn, log] = [jest.fn<LoggerService['warn']>(), jest.fn<LoggerService['log']>()];
    const { clock, run, calls, app } = await open(
      { failureThreshold: 1, resetTimeoutMs: 1_000 },
      {},
      { warn, log },
    );
    const seen: unknown[] = [];
    app
      .get(SagaEvents)
      .worker$.pipe(filter(({ type }) => type === 'circuit'))
      .subscribe((event) => seen.push(event));
    gatewayIsDown(calls);
    await run();
    const circuit = { type: 'circuit', saga: 'pay', version: 1, step: 'charge' };
    expect(seen).toEqual([{ ...circuit, state: 'open' }]);
    expect(warn).toHaveBeenCalledWith('The circuit of step "charge" of saga "pay" version 1 opened', 'Saga');

    clock.skip(1_000);
    calls.answers.delete('charge:act');
    await run();
    expect(seen.slice(1)).toEqual([
      { ...circuit, state: 'half-open' },
      { ...circuit, state: 'closed' },
    ]);
    expect(log).toHaveBeenCalledWith(
      'The circuit of step "charge" of saga "pay" version 1 is half-open',
      'Saga',
    );
    expect(log).toHaveBeenCalledWith(
      'The circuit of step "charge" of saga "pay" version 1 is closed',
      'Saga',
    );
  });

  it('is one for each version of a saga, and its changes say whose it is', async () => {
    const guarded = () => fallback(ChargeStep, ReserveStep, { circuitBreaker: { failureThreshold: 1 } });
    @Saga({ name: 'pay', context: OrderContext, steps: [guarded()] })
    class PaySaga {}
    @Saga({ name: 'pay', version: 2, context: OrderContext, steps: [guarded(), ShipStep] })
    class PaySagaV2 {}
    @Saga({ name: 'pay-more', context: OrderContext, steps: [guarded()] })
    class PayMoreSaga {}
    const listener = new RecordingListener();
    const { app, sagas } = await openApp(
      [Calls, ChargeStep, ReserveStep, ShipStep, PaySaga, PaySagaV2, PayMoreSaga],
      { listener },
    );
    gatewayIsDown(app.get(Calls));
    for (const saga of ['pay', 'pay-more'])
      await (await sagas.start(new OrderContext('book'), { saga })).outcome();
    expect(listener.ofWorkerType('circuit')).toMatchObject([
      { saga: 'pay', version: 2, step: 'charge', state: 'open' },
      { saga: 'pay-more', version: 1, step: 'charge', state: 'open' },
    ]);
  });

  it('can be made by the application, which gets the step', async () => {
    const made: unknown[] = [];
    const createCircuitBreaker: CreateCircuitBreaker = (options, step): CircuitBreaker => {
      made.push([options, step]);
      return {
        execute: () => Promise.reject(new TypeError('open')),
        isOpen: (error) => error instanceof TypeError,
      };
    };
    const { run, calls } = await open({ failureThreshold: 7 }, { createCircuitBreaker });
    expect(await run()).toBe('completed');
    expect(made).toEqual([[{ failureThreshold: 7 }, { saga: 'pay', version: 1, step: 'charge' }]]);
    expect(calls.made).toEqual(['reserve:act', 'ship:act']);
  });
});

async function open(
  circuitBreaker: CircuitBreakerOptions,
  options: SagaModuleOptions = {},
  logger: Partial<LoggerService> = {},
  failureErrors?: readonly ErrorMatcher[],
) {
  @Saga({
    name: 'pay',
    context: OrderContext,
    steps: [
      fallback(ChargeStep, ReserveStep, {
        circuitBreaker,
        ...(failureErrors === undefined ? {} : { failureErrors }),
      }),
      ShipStep,
    ],
  })
  class PaySaga {}
  const listener = new RecordingListener();
  const clock = new PausedClock();
  const { app, sagas } = await openApp(
    [Calls, ChargeStep, ReserveStep, ShipStep, PaySaga],
    { listener, ...options },
    (builder) =>
      builder
        .setLogger({ ...silent, ...logger })
        .overrideProvider(SystemClock)
        .useValue(clock),
  );
  let sagaId = '';
  const start = async (): Promise<SagaHandle> => {
    const handle = await sagas.start(new OrderContext('book'));
    sagaId = handle.sagaId;
    return handle;
  };
  const run = async (): Promise<string> => (await (await start()).outcome()).status;
  /** Cancels a saga in the middle of its charge. */
  const cancel = async (handle: SagaHandle): Promise<void> => {
    await flushPromises();
    await sagas.cancel(handle.sagaId, 'the customer called');
  };
  const history = () => sagas.history(sagaId);
  return { app, clock, run, start, cancel, calls: app.get(Calls), listener, history };
}

/** The charge hangs until its signal fires, or until it is made to fail; it throws an error of its own then. */
function listensToItsSignal(calls: Calls): () => void {
  let signal: AbortSignal | undefined;
  let fail = (): void => undefined;
  calls.onRun = (run) => (signal = run.signal);
  calls.answers.set(
    'charge:act',
    () =>
      new Promise((_, reject) => {
        fail = () => reject(new Error('the request was aborted'));
        signal?.addEventListener('abort', fail);
      }),
  );
  return () => fail();
}

function gatewayIsDown(calls: Calls): void {
  calls.answers.set('charge:act', () => Promise.reject(new Error('gateway down')));
}
