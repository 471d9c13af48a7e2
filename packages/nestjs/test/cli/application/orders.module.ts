import { Module } from '@nestjs/common';
import { ChargeStep, FirstOrderSaga, InvoiceStep, OrderSaga, RefundSaga, ReserveStep } from './order.saga.js';

/** The sagas; needs the modules of the whole application. */
@Module({
  providers: [ReserveStep, ChargeStep, InvoiceStep, FirstOrderSaga, OrderSaga, RefundSaga],
})
export class OrdersModule {}
