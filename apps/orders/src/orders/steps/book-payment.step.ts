import { PaymentService, type Charge } from '@nest-saga/demo-services';
import { SagaStep, type SagaStepHandler, type StepRun } from '@nest-saga/nestjs';
import type { OrderContext } from '../order.context.js';

/** Books the money that has arrived. Its undo sends the money back. */
@SagaStep('book-payment')
export class BookPaymentStep implements SagaStepHandler<OrderContext, Charge> {
  constructor(private readonly payment: PaymentService) {}

  async act({ amountCents }: OrderContext, { sagaId, idempotencyKey }: StepRun): Promise<Charge> {
    return this.payment.book({ orderId: sagaId, amountCents, idempotencyKey });
  }

  async compensate({ card }: OrderContext, { sagaId, idempotencyKey }: StepRun): Promise<void> {
    await this.payment.refund(sagaId, card, idempotencyKey);
  }
}
