import { Module, type DynamicModule } from '@nestjs/common';
import { LargeOrderSaga } from './large-order.saga.js';
import { OperatorController } from './operator.controller.js';
import { OrderSaga } from './order.saga.js';
import { OrdersController } from './orders.controller.js';
import { OrdersReader } from './orders-reader.js';
import { prepaidOrderSaga } from './prepaid-order.saga.js';
import { BookPaymentStep } from './steps/book-payment.step.js';
import { ChargePaymentStep } from './steps/charge-payment.step.js';
import { ReserveInventoryStep } from './steps/reserve-inventory.step.js';
import { SendInvoiceStep } from './steps/send-invoice.step.js';
import { ShipOrderStep } from './steps/ship-order.step.js';
import { WebhooksController } from './webhooks.controller.js';

/** Orders: the sagas, their steps and the routes. */
@Module({})
export class OrdersModule {
  /** @param paymentTimeoutMs How long a prepaid order waits for its money, in milliseconds. */
  static forRoot({ paymentTimeoutMs }: { readonly paymentTimeoutMs: number }): DynamicModule {
    return {
      module: OrdersModule,
      controllers: [OrdersController, OperatorController, WebhooksController],
      providers: [
        OrdersReader,
        OrderSaga,
        prepaidOrderSaga(paymentTimeoutMs),
        LargeOrderSaga,
        ReserveInventoryStep,
        ChargePaymentStep,
        SendInvoiceStep,
        BookPaymentStep,
        ShipOrderStep,
      ],
    };
  }
}
