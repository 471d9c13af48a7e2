import { InventoryService, type Reservation } from '@nest-saga/demo-services';
import { SagaStep, type SagaStepHandler, type StepRun } from '@nest-saga/nestjs';
import type { OrderContext } from '../order.context.js';

/** Reserves the items. */
@SagaStep('reserve-inventory')
export class ReserveInventoryStep implements SagaStepHandler<OrderContext, Reservation> {
  constructor(private readonly inventory: InventoryService) {}

  async act(context: OrderContext, { sagaId, idempotencyKey }: StepRun): Promise<Reservation> {
    const { item, quantity } = context;
    const reservation = await this.inventory.reserve({ orderId: sagaId, item, quantity, idempotencyKey });
    context.totalCents = reservation.totalCents;
    return reservation;
  }

  async compensate(_context: OrderContext, { sagaId, idempotencyKey }: StepRun): Promise<void> {
    await this.inventory.release(sagaId, idempotencyKey);
  }
}
