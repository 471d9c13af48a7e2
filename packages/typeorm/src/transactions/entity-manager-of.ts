import { InvalidArgumentError } from '@nest-saga/core';
import { transactionHandleOf } from '@nest-saga/core/storage-kit';
import type { EntityManager } from 'typeorm';

/**
 * The manager of the transaction in which this attempt of a transactional step runs. The writes of the step with it, and its
 * entry in the journal, are committed together or not at all. It belongs to the data source of the saga storage, and cannot be
 * used after the attempt.
 *
 * @param run The second argument of `act` or `compensate`.
 * @throws InvalidArgumentError if the step is not declared as transactional.
 * @example
 * ```ts
 * @SagaStep({ id: 'reserve', transactional: true })
 * class ReserveStep implements SagaStepHandler<OrderContext> {
 *   async act(order: OrderContext, run: StepRun) {
 *     await entityManagerOf(run).decrement(Stock, { sku: order.sku }, 'free', 1);
 *   }
 *   async compensate(order: OrderContext, run: StepRun) {
 *     await entityManagerOf(run).increment(Stock, { sku: order.sku }, 'free', 1);
 *   }
 * }
 * ```
 */
export function entityManagerOf(run: object): EntityManager {
  const manager = transactionHandleOf(run);
  if (manager !== undefined) return manager as EntityManager;
  throw new InvalidArgumentError(
    'run',
    'this call of the step has no transaction; declare the step with transactional: true, and pass the second argument of act() or compensate()',
  );
}
