import { InvoiceService, type Invoice } from '@nest-saga/demo-services';
import { SagaStep, type SagaStepHandler, type StepRun } from '@nest-saga/nestjs';
import type { OrderContext } from '../order.context.js';

/** Sends an invoice if the card gateway is down. */
@SagaStep('send-invoice')
export class SendInvoiceStep implements SagaStepHandler<OrderContext, Invoice> {
  constructor(private readonly invoice: InvoiceService) {}

  async act(context: OrderContext, { sagaId, idempotencyKey }: StepRun): Promise<Invoice> {
    const { amountCents } = context;
    const invoice = await this.invoice.send({ orderId: sagaId, amountCents, idempotencyKey });
    context.paidBy = invoice.invoiceId;
    return invoice;
  }

  async compensate(_context: OrderContext, { sagaId, idempotencyKey }: StepRun): Promise<void> {
    await this.invoice.cancel(sagaId, idempotencyKey);
  }
}
