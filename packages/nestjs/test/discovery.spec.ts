import { afterEach, describe, expect, it } from '@jest/globals';
import { Inject, Injectable, Module, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { lastValueFrom } from 'rxjs';
import {
  fallback,
  Saga,
  SagaDefinitionError,
  SagaModule,
  SagaStatus,
  SagaStep,
  SagaOrchestrator,
  step,
} from '../src/index.js';
import type { ForwardStep, SagaModuleOptions, SagaStepHandler, StepRun } from '../src/index.js';
import { closeApps, openApp, silent } from './open-app.js';
import {
  Calls,
  ChargeStep,
  OrderContext,
  OrderSaga,
  orderProviders,
  ReserveStep,
  ShipStep,
} from './order-saga.js';

class PlainContext {
  readonly note = 'plain';
}

@SagaStep('plain')
class PlainStep implements SagaStepHandler<PlainContext> {
  act(): void {}
  compensate(): void {}
}

describe('discovery', () => {
  afterEach(closeApps);

  it('finds sagas and steps in the module in which they are declared', async () => {
    @Module({ providers: [Calls, ReserveStep, ChargeStep, ShipStep] })
    class StepsModule {}
    @Module({ imports: [StepsModule], providers: [OrderSaga] })
    class OrdersModule {}
    const app = await Test.createTestingModule({ imports: [OrdersModule, SagaModule.forRoot()] })
      .setLogger(silent)
      .compile();
    await app.init();
    const handle = await app.get(SagaOrchestrator).start(new OrderContext('book'));
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    await app.close();
  });

  it('uses what a test put in the place of a step', async () => {
    const { app, sagas } = await openApp(orderProviders, {}, (builder) =>
      builder.overrideProvider(ChargeStep).useValue({ act: () => 'faked', compensate: () => undefined }),
    );
    await lastValueFrom(sagas.stream(new OrderContext('book')));
    expect(app.get(Calls).made).toEqual(['reserve:act', 'ship:act']);
  });

  it('lists everything that is wrong in one error, each with its class and a remedy', async () => {
    class BareStep {
      act(): void {}
      compensate(): void {}
    }
    @SagaStep('half')
    class HalfStep {
      act(): void {}
      compensate(): void {}
    }
    Reflect.deleteProperty(HalfStep.prototype, 'compensate');
    @SagaStep('not provided')
    class AbsentStep extends PlainStep {}
    const nonRetryableErrors = [((error: Error) => error.message === 'gone') as never];
    @SagaStep({ id: 'greedy', retry: { maximumAttempts: 0, nonRetryableErrors }, timeoutMs: -1 })
    class GreedyStep extends PlainStep {}
    @Saga({ name: 'first', context: PlainContext, steps: [AbsentStep, BareStep, HalfStep, GreedyStep] })
    class FirstSaga {}
    @Saga({ name: 'first', context: PlainContext, steps: [PlainStep, PlainStep] })
    class SecondSaga {}
    @Saga({ name: '1st!', context: PlainContext, steps: [] })
    class EmptySaga {}
    @Saga({ name: 'nested', context: PlainContext, steps: [nest(PlainStep)] })
    class NestedSaga {}
    @Saga({ name: 'circular', context: PlainContext, steps: [undefined as unknown as typeof PlainStep] })
    class CircularSaga {}

    const problems = await problemsOf(
      [BareStep, HalfStep, GreedyStep, PlainStep, FirstSaga, SecondSaga, EmptySaga, NestedSaga, CircularSaga],
      { retry: { backoffCoefficient: 0.5 }, concurrency: 0, recovery: { intervalMs: -1 } },
    );

    expect(problems.map(({ where, problem }) => `${where}: ${problem}`)).toEqual(
      expect.arrayContaining([
        'AbsentStep (step "not provided" of FirstSaga): no module provides it',
        'AbsentStep (step "not provided" of FirstSaga): the id "not provided" is not allowed',
        'BareStep (listed in FirstSaga): it has no @SagaStep()',
        'HalfStep (step "half" of FirstSaga): it has no method "compensate"',
        'GreedyStep (step "greedy" of FirstSaga): retry.maximumAttempts is 0',
        'GreedyStep (step "greedy" of FirstSaga): retry.nonRetryableErrors[0] is a function that is not a class',
        'GreedyStep (step "greedy" of FirstSaga): timeoutMs is -1',
        'FirstSaga and SecondSaga: both are saga "first" version 1',
        'SecondSaga (saga "first"): the step id "plain" is used twice',
        'EmptySaga (saga "1st!"): the name "1st!" is not allowed',
        'EmptySaga (saga "1st!"): it has no steps',
        'NestedSaga (saga "nested"): a fallback is nested in a fallback',
        'CircularSaga: stage 1 in its list of steps is undefined',
        'SagaModule.forRoot(): retry.backoffCoefficient is 0.5',
        'SagaModule.forRoot(): concurrency is 0',
        'SagaModule.forRoot(): recovery.intervalMs is -1',
      ]),
    );
    expect(problems.every(({ remedy }) => remedy.length > 0)).toBe(true);
    expect(problems).toHaveLength(16);
  });

  it('runs a saga whose context class is the first argument, found by it and restored as an instance of it', async () => {
    @Saga(OrderContext, { name: 'order', steps: [ReserveStep] })
    class ShortSaga {}
    const { sagas } = await openApp([Calls, ReserveStep, ShortSaga]);
    const handle = await sagas.start(new OrderContext('book'));
    const { context } = await handle.outcome();
    expect(context).toBeInstanceOf(OrderContext);
  });

  it('says of a first argument that is not a class that usually two files import each other', async () => {
    @Saga(undefined as unknown as typeof PlainContext, { name: 'circular', steps: [PlainStep] })
    class CircularSaga {}
    @Saga(PlainContext, undefined as never)
    class EmptySaga {}
    const problems = await problemsOf([PlainStep, CircularSaga, EmptySaga]);
    expect(problems.map(({ where, problem }) => `${where}: ${problem}`)).toEqual(
      expect.arrayContaining([
        'CircularSaga (saga "circular"): context is null',
        'EmptySaga (saga "undefined"): it has no steps',
      ]),
    );
  });

  it('checks a step that no saga uses, too', async () => {
    @SagaStep('no spaces')
    class LonelyStep extends PlainStep {}
    const problems = await problemsOf([LonelyStep]);
    expect(problems).toMatchObject([{ where: 'LonelyStep', problem: 'the id "no spaces" is not allowed' }]);
  });

  it('lists every step whose kind does not fit its place or its methods', async () => {
    @SagaStep({ id: 'pay', kind: 'pivot' })
    class PayStep implements ForwardStep<PlainContext> {
      act(): void {}
    }
    @SagaStep({ id: 'mail', kind: 'retriable' })
    class MailStep implements ForwardStep<PlainContext> {
      act(): void {}
    }
    Object.defineProperty(MailStep.prototype, 'compensate', { value: () => undefined });
    @Saga(PlainContext, {
      name: 'order',
      steps: [PayStep, MailStep, PlainStep, step(PayStep, { id: 'again' })],
    })
    class OrderSaga {}
    @Saga(PlainContext, { name: 'bare', steps: [step(PayStep, { kind: 'compensatable' })] })
    class BareSaga {}
    const problems = await problemsOf([PayStep, MailStep, PlainStep, OrderSaga, BareSaga]);
    const lines = problems.map(({ where, problem, remedy }) => `${where}: ${problem}. ${remedy}`);
    expect(lines).toEqual([
      'MailStep (step "mail" of OrderSaga): it is a retriable step and has a method "compensate", which is never called. ' +
        "Remove the method, or declare the step with kind: 'compensatable'",
      'OrderSaga (saga "order"): the step "plain" can be undone and stands after the pivot step "pay", ' +
        `after which nothing is undone. Move "plain" before "pay", or declare it with kind: 'retriable'`,
      'OrderSaga (saga "order"): it has two pivots on one path, "pay" and "again". ' +
        `Declare "again" with kind: 'retriable', or make "pay" a step that can be undone`,
      'OrderSaga (saga "order"): the pivot "again" stands after the retriable step "mail". Move "mail" behind "again"',
      'PayStep (step "pay" of BareSaga): it has no method "compensate". Implement SagaStepHandler; a step that needs ' +
        "no undo has an empty compensate(), and one that cannot be undone is declared with kind: 'pivot' or 'retriable'",
    ]);
  });

  it('runs one class twice in a saga under two ids', async () => {
    @Saga({
      name: 'twice',
      context: OrderContext,
      steps: [step(ReserveStep, { id: 'first' }), step(ReserveStep, { id: 'second' })],
    })
    class TwiceSaga {}
    const { app, sagas } = await openApp([Calls, ReserveStep, TwiceSaga]);
    await lastValueFrom(sagas.stream(new OrderContext('book')));
    expect(app.get(Calls).made).toEqual(['first:act', 'second:act']);
  });

  it('undoes one class that is used twice in reverse order, each use under a key of its own', async () => {
    @Saga({
      name: 'twice',
      context: OrderContext,
      steps: [step(ReserveStep, { id: 'first' }), step(ReserveStep, { id: 'second' }), ShipStep],
    })
    class TwiceSaga {}
    const { app, sagas } = await openApp([Calls, ReserveStep, ShipStep, TwiceSaga]);
    const calls = app.get(Calls);
    const keys: string[] = [];
    calls.onRun = ({ idempotencyKey }) => keys.push(idempotencyKey);
    calls.answers.set('ship:act', () => Promise.reject(new Error('no carrier')));
    const { sagaId, outcome } = await sagas.start(new OrderContext('book'));
    expect((await outcome()).status).toBe('failed');
    expect(calls.made.slice(3)).toEqual(['second:compensate', 'first:compensate']);
    expect(keys).toEqual(
      ['first:act', 'second:act', 'ship:act', 'second:compensate', 'first:compensate'].map(
        (call) => `${sagaId}:${call}`,
      ),
    );
  });

  it("leaves the class's aliases to the use under the class's own id: another id has none but those it says", async () => {
    @SagaStep({ id: 'hold-stock', aliases: ['reserve'] })
    class HoldStockStep extends ReserveStep {}
    @Saga({
      name: 'twice',
      context: OrderContext,
      steps: [
        HoldStockStep,
        step(HoldStockStep, { id: 'hold-again' }),
        step(HoldStockStep, { id: 'hold-more', aliases: ['reserve-more'] }),
        step(HoldStockStep, { timeoutMs: 5_000, id: 'hold-last', retry: { maximumAttempts: 2 } }),
      ],
    })
    class TwiceSaga {}
    @Saga({ name: 'once', context: OrderContext, steps: [step(HoldStockStep, { timeoutMs: 5_000 })] })
    class OnceSaga {}
    const { app, sagas } = await openApp([Calls, HoldStockStep, TwiceSaga, OnceSaga]);
    const keys: string[] = [];
    app.get(Calls).onRun = ({ idempotencyKey }) => keys.push(idempotencyKey.replace(/^.*?:/, ''));
    for (const saga of ['twice', 'once'])
      await (await sagas.start(new OrderContext('book'), { saga })).outcome();
    expect(keys).toEqual(
      ['reserve', 'hold-again', 'reserve-more', 'hold-last', 'reserve'].map((id) => `${id}:act`),
    );
  });

  it('runs the alternative of a fallback and compensates it alone', async () => {
    @Saga({ name: 'pay', context: OrderContext, steps: [fallback(ChargeStep, ReserveStep), ShipStep] })
    class PaySaga {}
    const { app, sagas } = await openApp([Calls, ChargeStep, ReserveStep, ShipStep, PaySaga]);
    const { answers, made } = app.get(Calls);
    answers.set('charge:act', () => Promise.reject(new Error('gateway down')));
    answers.set('ship:act', () => Promise.reject(new Error('no carrier')));
    const handle = await sagas.start(new OrderContext('book'));
    expect(await handle.outcome()).toMatchObject({ status: SagaStatus.Failed });
    expect(made).toEqual(['charge:act', 'reserve:act', 'ship:act', 'reserve:compensate']);
  });

  it('keeps two versions of one saga side by side and starts new executions under the higher one', async () => {
    @Saga({ name: 'order', version: 2, context: OrderContext, steps: [ReserveStep] })
    class OrderSagaV2 {}
    const { app, sagas } = await openApp([...orderProviders, OrderSagaV2]);
    const handle = await sagas.start(new OrderContext('book'));
    await handle.outcome();
    expect(await sagas.find(handle.sagaId)).toMatchObject({ saga: 'order', version: 2 });
    expect(app.get(Calls).made).toEqual(['reserve:act']);
  });
});

describe('a step that depends on a request', () => {
  afterEach(closeApps);

  it('is a fresh instance for each attempt, and REQUEST is the attempt', async () => {
    const instances: { readonly step: unknown; readonly request: unknown; readonly tenant: unknown }[] = [];
    @Injectable({ scope: Scope.REQUEST })
    class Tenant {
      constructor(@Inject(REQUEST) readonly request: StepRun) {}
    }
    @SagaStep({ id: 'scoped', retry: { maximumAttempts: 2, initialIntervalMs: 0 } })
    class ScopedStep implements SagaStepHandler<PlainContext> {
      constructor(private readonly tenant: Tenant) {}
      act(_context: PlainContext, run: StepRun): void {
        instances.push({ step: this, request: this.tenant.request, tenant: this.tenant });
        if (run.attempt === 1) throw new Error('again');
      }
      compensate(): void {}
    }
    @Saga({ name: 'scoped', context: PlainContext, steps: [ScopedStep] })
    class ScopedSaga {}
    const { sagas } = await openApp([Tenant, ScopedStep, ScopedSaga]);
    const handle = await sagas.start(new PlainContext());
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    const [first, second] = instances;
    expect(instances).toHaveLength(2);
    expect(first?.step).not.toBe(second?.step);
    expect(first?.tenant).not.toBe(second?.tenant);
    expect(first?.request).toMatchObject({ step: 'scoped', attempt: 1, sagaId: handle.sagaId });
    expect(second?.request).toMatchObject({ step: 'scoped', attempt: 2 });
  });

  it('fails the saga where it cannot be made', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Broken {
      constructor() {
        throw new Error('no tenant');
      }
    }
    @SagaStep('scoped')
    class ScopedStep extends PlainStep {
      constructor(readonly broken: Broken) {
        super();
      }
    }
    @Saga({ name: 'scoped', context: PlainContext, steps: [ScopedStep] })
    class ScopedSaga {}
    const { sagas } = await openApp([Broken, ScopedStep, ScopedSaga]);
    const handle = await sagas.start(new PlainContext());
    expect(await handle.outcome()).toMatchObject({ status: 'failed', failure: { message: 'no tenant' } });
  });

  it('may be transient as well', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    @SagaStep('passing')
    class TransientStep extends PlainStep {}
    @Saga({ name: 'passing', context: PlainContext, steps: [TransientStep] })
    class PassingSaga {}
    const { sagas } = await openApp([TransientStep, PassingSaga]);
    const handle = await sagas.start(new PlainContext());
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
  });

  it('may be made by a factory of its own', async () => {
    @Saga({ name: 'made', context: PlainContext, steps: [PlainStep] })
    class MadeSaga {}
    const { sagas } = await openApp([
      { provide: PlainStep, scope: Scope.REQUEST, useFactory: () => new PlainStep() },
      MadeSaga,
    ]);
    const handle = await sagas.start(new PlainContext());
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
  });
});

async function problemsOf(providers: Parameters<typeof openApp>[0], options: SagaModuleOptions = {}) {
  const error: unknown = await openApp(providers, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof SagaDefinitionError)) throw new Error('it was accepted', { cause: error });
  return error.problems;
}

/** A fallback in a fallback, which the compiler would refuse. */
function nest(stepClass: typeof PlainStep): typeof PlainStep {
  const inner = fallback(stepClass, stepClass) as unknown as typeof PlainStep;
  return fallback(inner, stepClass) as unknown as typeof PlainStep;
}
