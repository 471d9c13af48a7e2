import { Body, Controller, HttpCode, HttpStatus, Post, UseFilters, UseGuards } from '@nestjs/common';
import { SagaExceptionFilter, SagaOrchestrator } from '@nest-saga/nestjs';
import { JsonBodyGuard } from './json-body.guard.js';
import { paymentWebhookSchema, type PaymentWebhook } from './payment.schema.js';
import { paymentReceived } from './prepaid-order.saga.js';
import { OrdersReader, type OrderDetails } from './orders-reader.js';

/**
 * The routes that other services call. In the demo every client may call them; an application checks the signature of
 * the sender first.
 */
@Controller('webhooks')
@UseFilters(SagaExceptionFilter)
@UseGuards(JsonBodyGuard)
export class WebhooksController {
  constructor(
    private readonly sagas: SagaOrchestrator,
    private readonly orders: OrdersReader,
  ) {}

  /** The money of an order has arrived. A repeated webhook changes nothing. */
  @Post('payments')
  @HttpCode(HttpStatus.ACCEPTED)
  async payment(
    @Body({ schema: paymentWebhookSchema }) { orderId, reference }: PaymentWebhook,
  ): Promise<OrderDetails> {
    await this.orders.get(orderId);
    await this.sagas.signal(orderId, paymentReceived, { reference }, { dedupeId: reference });
    return this.orders.get(orderId);
  }
}
