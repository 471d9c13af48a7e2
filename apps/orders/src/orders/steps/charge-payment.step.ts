import { PaymentService, type Charge } from '@nest-saga/demo-services';
import { SagaStep, type SagaStepHandler, type StepRun } from '@nest-saga/nestjs';
import type { OrderContext } from '../order.context.js';

/** Charges the card. */
@SagaStep({ id: 'charge-payment', compensation: { initialIntervalMs: 200 } })
export class ChargePaymentStep implements SagaStepHandler<OrderContext, Charge> {
  constructor(private readonly payment: PaymentService) {}

  async act(context: OrderContext, { sagaId, idempotencyKey }: StepRun): Promise<Charge> {
    const { card, amountCents } = context;
    const charge = await this.payment.charge({ orderId: sagaId, card, amountCents, idempotencyKey });
    context.paidBy = charge.paymentId;
    return charge;
  }

  async compensate({ card }: OrderContext, { sagaId, idempotencyKey }: StepRun): Promise<void> {
    await this.payment.refund(sagaId, card, idempotencyKey);
  }
}
