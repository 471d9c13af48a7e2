import { Module } from '@nestjs/common';
import { OperatorController } from './operator.controller.js';
import { OrderSaga } from './order.saga.js';
import { OrdersController } from './orders.controller.js';
import { OrdersReader } from './orders-reader.js';
import { ChargePaymentStep } from './steps/charge-payment.step.js';
import { ReserveInventoryStep } from './steps/reserve-inventory.step.js';
import { SendInvoiceStep } from './steps/send-invoice.step.js';
import { ShipOrderStep } from './steps/ship-order.step.js';

/** Orders: the saga, its steps and the routes. */
@Module({
  controllers: [OrdersController, OperatorController],
  providers: [
    OrdersReader,
    OrderSaga,
    ReserveInventoryStep,
    ChargePaymentStep,
    SendInvoiceStep,
    ShipOrderStep,
  ],
})
export class OrdersModule {}
