import { nameEventClass } from '@nest-saga/core/engine';

/**
 * Gives a class of events the name that it is stored under. Without it that is the class's own name, which two classes
 * may share, and which a minifier changes with each build: an event that a recovered saga tells again would then reach
 * the wrong handlers or none.
 *
 * @example
 * ```ts
 * @SagaEvent('order-placed')
 * export class OrderPlaced {
 *   constructor(readonly orderId: string) {}
 * }
 * ```
 */
export function SagaEvent(name: string): ClassDecorator {
  return (target) => nameEventClass(target, name);
}
