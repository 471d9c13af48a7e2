import { DiscoveryService } from '@nestjs/core';
import type { ContextClass, SagaOptions } from '@nest-saga/core';
import { isObject } from '@nest-saga/core/engine';
import type { SagaStage } from './step-class.js';

/** What `@Saga()` takes. */
export interface SagaDecoratorOptions<Context> extends Omit<SagaOptions, 'context'> {
  /**
   * The class of its context; by it `stream(context)` and `start(context)` find the saga, and it is what a step gets
   * back after a recovery. Left out, contexts are plain objects and the saga is found by its name.
   *
   * Its fields are what is stored. State that is kept elsewhere is not seen and is lost with the process: `#private`
   * fields, and what a `WeakMap` holds about an instance.
   */
  readonly context?: ContextClass<Context>;
  /** The steps in their order: step classes, `step(Class, { id })`, or `fallback(Primary, Alternative)`. */
  readonly steps: readonly SagaStage<NoInfer<Context>>[];
}

/** What `@Saga()` keeps with a class, whatever its context is. */
export interface StoredSagaOptions extends SagaOptions {
  readonly steps: readonly SagaStage[];
}

/** Marks saga classes so that discovery finds them, and keeps their options. */
export const SagaMetadata = DiscoveryService.createDecorator<StoredSagaOptions>();

/**
 * Declares a saga: an ordered list of steps, each of which can be undone. List the class and its steps among the
 * providers of any module.
 *
 * Two classes with one name and different versions stand side by side: new executions start under the higher
 * version, running ones end under their own.
 *
 * With the class of its context as the first argument, every function in the list knows the type of the context that it
 * is given; with `context` among the options it has to say it.
 *
 * @example
 * ```ts
 * @Saga(OrderContext, {
 *   name: 'order',
 *   version: 1,
 *   steps: [ReserveInventoryStep, ChargePaymentStep, ShipOrderStep],
 * })
 * export class OrderSaga {}
 * ```
 */
export function Saga<Context>(
  context: ContextClass<Context>,
  options: Omit<SagaDecoratorOptions<NoInfer<Context>>, 'context'>,
): ClassDecorator;
export function Saga<Context>(options: SagaDecoratorOptions<Context>): ClassDecorator;
export function Saga(...given: readonly [unknown, unknown?]): ClassDecorator {
  const [first, second] = given;
  // A class that is undefined, as between two files that import each other, is no saga without a class.
  const options =
    given.length < 2 || !isObject(second) ? given.at(-1) : { ...second, context: first ?? null };
  return (target) => {
    // What it was really given is checked when the application starts, with everything else.
    SagaMetadata(options as StoredSagaOptions)(target);
  };
}
