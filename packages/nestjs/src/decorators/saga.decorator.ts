import { DiscoveryService } from '@nestjs/core';
import type { ContextClass, SagaOptions } from '@nest-saga/core';
import { isObject } from '@nest-saga/core/engine';
import type { SagaTags } from '@nest-saga/core/engine';
import type { SagaStage } from './step-class.js';

/** The options of `@Saga()`. */
export interface SagaDecoratorOptions<Context> extends Omit<SagaOptions, 'context' | 'tags'> {
  /**
   * The class of the context. `stream(context)` and `start(context)` select the saga by this class, and after a
   * recovery the steps get an instance of it. Without it contexts are plain objects, and a start has to name the saga.
   *
   * The fields of the context are stored. Other state is lost with the process: `#private` fields, and entries of a
   * `WeakMap` whose key is an instance.
   */
  readonly context?: ContextClass<Context>;
  /**
   * Texts by which lists find each execution, from its first context: a pure, synchronous function that returns at most 16.
   * One that throws refuses the start. Without it an execution has the tags of its start.
   */
  readonly tags?: SagaTags<NoInfer<Context>>;
  /**
   * The stages in their order: step classes, `step(Class, { id })`, `fallback(Primary, Alternative)`, waits, or choices
   * between stages (`when`, `choose`).
   */
  readonly steps: readonly SagaStage<NoInfer<Context>>[];
}

/** The options that `@Saga()` keeps with a class, for any context. */
export interface StoredSagaOptions extends SagaOptions {
  readonly steps: readonly SagaStage[];
}

/** Marks saga classes so that discovery finds them, and keeps their options. */
export const SagaMetadata = DiscoveryService.createDecorator<StoredSagaOptions>();

/**
 * Declares a saga: an ordered list of steps, each of which can be undone. List the class and its steps among the
 * providers of any module.
 *
 * If two classes have one name and different versions, new executions start under the higher version, and running ones
 * end under their own.
 *
 * If the class of the context is the first argument, the compiler knows the type of the context in all functions of the
 * list. If it is an option, such a function has to declare the type.
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
  // The first argument is undefined if two files import each other. Such a saga must not count as one without a class.
  const options =
    given.length < 2 || !isObject(second) ? given.at(-1) : { ...second, context: first ?? null };
  return (target) => {
    // The real values are checked when the application starts, together with everything else.
    SagaMetadata(options as StoredSagaOptions)(target);
  };
}
