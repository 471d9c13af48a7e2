import { describe, expect, it } from '@jest/globals';
import { delay } from '@nest-saga/core';
import type { SagaStepHandler, StepRun } from '@nest-saga/core';
import type { CompensatableStep, ForwardStep } from '@nest-saga/core/engine';
import { choose, when } from './choice.js';
import { fallback } from './fallback.js';
import { forEach } from './for-each.js';
import { parallel } from './parallel.js';
import { Saga, SagaMetadata } from './saga.decorator.js';
import type { StoredSagaOptions } from './saga.decorator.js';
import { SagaStep } from './saga-step.decorator.js';
import { step } from './step.js';

class OrderContext {
  constructor(
    readonly item: string,
    readonly total: number,
  ) {}
}

class TripContext {
  constructor(readonly city: string) {}
}

@SagaStep('charge')
class ChargeStep implements SagaStepHandler<OrderContext, { readonly chargeId: string }> {
  constructor(private readonly gateway: { charge(total: number): string }) {}

  act({ total }: OrderContext): { readonly chargeId: string } {
    return { chargeId: this.gateway.charge(total) };
  }

  compensate(_context: OrderContext, run: StepRun<{ readonly chargeId: string }>): void {
    void run.response?.chargeId;
  }
}

/** Takes less of the context than the saga has, so it fits sagas of many contexts. */
@SagaStep('log')
class LogStep implements SagaStepHandler<{ readonly item: string }> {
  act(): void {}
  compensate(): void {}
}

@SagaStep('weigh')
class WeighStep implements SagaStepHandler<OrderContext, number> {
  async act({ item }: OrderContext): Promise<number> {
    return await Promise.resolve(item.length);
  }

  compensate(): void {}
}

@SagaStep('book-flight')
class BookFlightStep implements SagaStepHandler<TripContext> {
  act(_context: TripContext): void {}
  compensate(_context: TripContext): void {}
}

/** The compiler is the judge here: an error that it does not find makes `@ts-expect-error` one. */
describe('the types of a saga', () => {
  it('take steps of the same context, alone, used by step() and in a fallback', () => {
    @Saga({
      name: 'order',
      context: OrderContext,
      steps: [
        ChargeStep,
        LogStep,
        step(LogStep, { id: 'log-again' }),
        fallback(ChargeStep, LogStep),
        fallback(step(ChargeStep, { id: 'charge-again' }), LogStep, { failureErrors: [TypeError] }),
      ],
    })
    class OrderSaga {}
    expect(stepsOf(OrderSaga)).toHaveLength(5);
  });

  it('take the class of the context as the first argument, and hold the steps to it', () => {
    @Saga(OrderContext, { name: 'order', version: 2, steps: [ChargeStep, fallback(ChargeStep, LogStep)] })
    class OrderSaga {}
    @Saga(OrderContext, {
      name: 'order',
      // @ts-expect-error a step of a trip does not fit an order
      steps: [ChargeStep, BookFlightStep],
    })
    class WrongSaga {}
    // @ts-expect-error the class is said once
    @Saga(OrderContext, { name: 'order', context: OrderContext, steps: [ChargeStep] })
    class TwiceSaga {}
    expect(optionsOf(OrderSaga)).toMatchObject({ name: 'order', version: 2, context: OrderContext });
    expect([OrderSaga, WrongSaga, TwiceSaga].map((saga) => stepsOf(saga).length)).toEqual([2, 2, 1]);
  });

  it('give each function of a wait the type of the context, with the class as the first argument', () => {
    @Saga(OrderContext, {
      name: 'order',
      steps: [
        ChargeStep,
        delay('cool', 5),
        delay('later', (order) => order.total * 1_000),
        // @ts-expect-error an order's item is not a length
        delay('never', (order) => order.item),
        LogStep,
      ],
    })
    class OrderSaga {}
    @Saga({
      name: 'order',
      context: OrderContext,
      steps: [delay('later', (order: OrderContext) => order.total)],
    })
    class AnnotatedSaga {}
    @Saga(OrderContext, {
      name: 'order',
      // @ts-expect-error a trip is not an order
      steps: [delay('later', (trip: TripContext) => trip.city.length)],
    })
    class WrongSaga {}
    expect([OrderSaga, AnnotatedSaga, WrongSaga].map((saga) => stepsOf(saga).length)).toEqual([5, 1, 1]);
  });

  it('give each function of a choice the type of the context, however deep, with the class as the first argument', () => {
    @Saga(OrderContext, {
      name: 'order',
      steps: [
        when('large', (order) => order.total > 100, [
          LogStep,
          ChargeStep,
          delay('later', (order) => order.total),
          choose(
            'kind',
            (order) => order.item,
            { book: step(LogStep, { id: 'log-book' }), other: [fallback(ChargeStep, LogStep)] },
            { otherwise: 'skip' },
          ),
        ]),
        // @ts-expect-error an order has no city
        when('far', (order) => order.city === 'Rome', [LogStep]),
        // @ts-expect-error an order's total is not the name of a case
        choose('price', (order) => order.total, { low: LogStep }),
      ],
    })
    class OrderSaga {}
    @Saga({
      name: 'order',
      context: OrderContext,
      steps: [when('large', (order: OrderContext) => order.total > 100, [ChargeStep])],
    })
    class AnnotatedSaga {}
    @Saga(OrderContext, {
      name: 'order',
      steps: [
        // @ts-expect-error a step of a trip does not fit an order
        when('large', (order) => order.total > 100, [BookFlightStep]),
        // @ts-expect-error a step of a trip does not fit an order
        choose('kind', (order) => order.item, { book: [ChargeStep, BookFlightStep] }),
      ],
    })
    class WrongSaga {}
    expect([OrderSaga, AnnotatedSaga, WrongSaga].map((saga) => stepsOf(saga).length)).toEqual([3, 1, 2]);
  });

  it('give the function that joins branches the context and the result of each branch, in their order', () => {
    @Saga(OrderContext, {
      name: 'order',
      steps: [
        parallel('prepare', [ChargeStep, fallback(ChargeStep, WeighStep), step(WeighStep, { id: 'weigh' })], {
          join: (order, [charge, either, weight]) => {
            const exact: readonly [string, { readonly chargeId: string } | number, number] = [
              charge.chargeId,
              either,
              weight,
            ];
            // @ts-expect-error a weight is a number
            void weight.chargeId;
            // @ts-expect-error an order has no city
            void order.city;
            return new OrderContext(order.item, order.total + exact[2]);
          },
        }),
        parallel('tell', [LogStep, ChargeStep], { onFailure: 'abort', undo: 'parallel', aliases: ['said'] }),
        // @ts-expect-error a branch of a trip does not fit an order
        parallel('wrong', [ChargeStep, BookFlightStep]),
      ],
    })
    class OrderSaga {}
    @Saga({
      name: 'order',
      context: OrderContext,
      steps: [parallel('prepare', [ChargeStep, WeighStep], { join: (order: OrderContext) => order })],
    })
    class AnnotatedSaga {}
    expect([OrderSaga, AnnotatedSaga].map((saga) => stepsOf(saga).length)).toEqual([3, 1]);
  });

  it('give the functions of a stage with items the context, the item and the results', () => {
    @Saga(OrderContext, {
      name: 'order',
      steps: [
        forEach('letters', (order) => order.item.split(''), WeighStep, {
          key: (letter) => letter.toUpperCase(),
          concurrency: 4,
          join: (order, weights) =>
            new OrderContext(
              order.item,
              weights.reduce((sum, weight) => sum + weight, 0),
            ),
        }),
        // @ts-expect-error a letter has no sku
        forEach('lines', (order) => order.item.split(''), WeighStep, { key: (letter) => String(letter.sku) }),
        // @ts-expect-error a step of a trip does not fit an order
        forEach('trips', (order) => order.item.split(''), BookFlightStep, { key: (letter) => letter }),
      ],
    })
    class OrderSaga {}
    expect(stepsOf(OrderSaga)).toHaveLength(3);
  });

  it('refuse a step of another context', () => {
    @Saga({
      name: 'order',
      context: OrderContext,
      // @ts-expect-error a step of a trip does not fit an order
      steps: [ChargeStep, BookFlightStep],
    })
    class OrderSaga {}
    expect(stepsOf(OrderSaga)).toHaveLength(2);
  });

  it('refuse a step that asks for more than the context has', () => {
    class Item {
      constructor(readonly item: string) {}
    }
    @Saga({
      name: 'item',
      context: Item,
      // @ts-expect-error an item has no total to charge
      steps: [LogStep, ChargeStep],
    })
    class ItemSaga {}
    expect(stepsOf(ItemSaga)).toHaveLength(2);
  });

  it('refuse a step of another context in step() and on each side of a fallback', () => {
    @Saga({
      name: 'one',
      context: OrderContext,
      // @ts-expect-error a step of a trip does not fit an order
      steps: [step(BookFlightStep, { id: 'flight' })],
    })
    class OneSaga {}
    @Saga({
      name: 'two',
      context: OrderContext,
      // @ts-expect-error a step of a trip does not fit an order
      steps: [fallback(BookFlightStep, ChargeStep)],
    })
    class TwoSaga {}
    @Saga({
      name: 'three',
      context: OrderContext,
      // @ts-expect-error a step of a trip does not fit an order
      steps: [fallback(ChargeStep, BookFlightStep)],
    })
    class ThreeSaga {}
    expect([OneSaga, TwoSaga, ThreeSaga].map(stepsOf)).toHaveLength(3);
  });

  it('refuse a fallback in a fallback', () => {
    // @ts-expect-error one primary and one alternative
    const nested = fallback(fallback(ChargeStep, LogStep), LogStep);
    expect(nested.kind).toBe('fallback');
  });

  it('refuse a handler without compensate, unless its kind says that it is never undone', () => {
    // @ts-expect-error it cannot be undone
    @SagaStep('half')
    class HalfStep {
      act(_context: OrderContext): void {}
    }
    @SagaStep({ id: 'pay', kind: 'pivot' })
    class PayStep implements ForwardStep<OrderContext> {
      act(_context: OrderContext): void {}
    }
    @SagaStep({ id: 'mail', kind: 'retriable', overdueAfter: 3 })
    class MailStep implements ForwardStep<OrderContext, string> {
      act(_context: OrderContext): string {
        return 'sent';
      }
    }
    @Saga(OrderContext, { name: 'order', steps: [ChargeStep, PayStep, fallback(MailStep, MailStep)] })
    class OrderSaga {}
    @Saga({
      name: 'trip',
      context: TripContext,
      // @ts-expect-error the pivot of an order does not fit a trip
      steps: [PayStep],
    })
    class WrongSaga {}
    // @ts-expect-error compensate is missing
    class Handler implements SagaStepHandler<OrderContext> {
      act(): void {}
    }
    expect([HalfStep, OrderSaga, WrongSaga, Handler]).toHaveLength(4);
  });

  it('refuse a compensate of a pivot and of a retriable step', () => {
    // @ts-expect-error it would never be called
    @SagaStep({ id: 'pay', kind: 'pivot' })
    class PayStep {
      act(_context: OrderContext): void {}
      compensate(_context: OrderContext): void {}
    }
    // @ts-expect-error it would never be called
    @SagaStep({ id: 'mail', kind: 'retriable' })
    class MailStep {
      act(_context: OrderContext): void {}
      compensate(_context: OrderContext): void {}
    }
    class Handler implements ForwardStep<OrderContext> {
      act(): void {}
      // @ts-expect-error a forward step has none
      compensate(): void {}
    }
    @SagaStep({ id: 'charge', kind: 'compensatable' })
    class UndoneStep implements CompensatableStep<OrderContext> {
      act(_context: OrderContext): void {}
      compensate(_context: OrderContext): void {}
    }
    expect([PayStep, MailStep, Handler, UndoneStep]).toHaveLength(4);
  });

  it('refuse a handler without act', () => {
    // @ts-expect-error it does nothing
    @SagaStep('half')
    class HalfStep {
      compensate(_context: OrderContext): void {}
    }
    expect(HalfStep.name).toBe('HalfStep');
  });

  it('take a plain object for a context where its type is said', () => {
    interface Note {
      readonly item: string;
    }
    @Saga<Note>({ name: 'note', steps: [LogStep] })
    class NoteSaga {}
    @Saga<Note>({
      name: 'note',
      // @ts-expect-error a note has no total to charge
      steps: [ChargeStep],
    })
    class WrongSaga {}
    expect([NoteSaga, WrongSaga].map(stepsOf)).toHaveLength(2);
  });
});

function optionsOf(saga: object): StoredSagaOptions {
  return Reflect.getMetadata(SagaMetadata.KEY, saga) as StoredSagaOptions;
}

function stepsOf(saga: object): readonly unknown[] {
  return optionsOf(saga).steps;
}
