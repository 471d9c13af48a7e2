import { nameEventClass } from '@nest-saga/core/engine';

/**
 * Sets the name under which events of a class are stored. The default is the name of the class, which two classes may
 * share and which a minifier changes with each build: an event that is delivered again after a recovery would then
 * reach the wrong handlers or none.
 *
 * @param name The same in all releases, and different for each class of events.
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
