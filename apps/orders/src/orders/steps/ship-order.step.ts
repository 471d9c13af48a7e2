import { ShippingService, type Shipment } from '@nest-saga/demo-services';
import { SagaStep, type SagaStepHandler, type StepRun } from '@nest-saga/nestjs';
import type { OrderContext } from '../order.context.js';

/**
 * Sends the parcel. After an outage it is tried again before the order fails. A parcel may be booked although its
 * confirmation never arrived (a cancel, a timeout), so the undo also recalls a shipment that was only attempted.
 */
@SagaStep({
  id: 'ship-order',
  retry: { maximumAttempts: 2, initialIntervalMs: 300 },
  timeoutMs: 60_000,
  compensateOn: 'attempted',
})
export class ShipOrderStep implements SagaStepHandler<OrderContext, Shipment> {
  constructor(private readonly shipping: ShippingService) {}

  async act(context: OrderContext, { sagaId, idempotencyKey, signal }: StepRun): Promise<Shipment> {
    const { destination } = context;
    const shipment = await this.shipping.ship({ orderId: sagaId, destination, idempotencyKey, signal });
    context.trackingNumber = shipment.trackingNumber;
    return shipment;
  }

  async compensate(_context: OrderContext, { sagaId, idempotencyKey }: StepRun): Promise<void> {
    await this.shipping.recall(sagaId, idempotencyKey);
  }
}
