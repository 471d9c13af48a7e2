import type { Type } from '@nestjs/common';
import { Saga, sagaSignal, waitFor } from '@nest-saga/nestjs';
import { OrderContext } from './order.context.js';
import { paymentSchema } from './payment.schema.js';
import { BookPaymentStep } from './steps/book-payment.step.js';
import { ReserveInventoryStep } from './steps/reserve-inventory.step.js';
import { ShipOrderStep } from './steps/ship-order.step.js';

/** The money of a prepaid order has arrived: the payment service says so in its webhook. */
export const paymentReceived = sagaSignal('payment.received', paymentSchema);

/**
 * An order that is paid by bank transfer: reserve the items, wait for the money, send the parcel. If the money does not come
 * within the time, the order cancels itself. It holds no process while it waits.
 *
 * @param paymentTimeoutMs How long it waits, in milliseconds.
 */
export function prepaidOrderSaga(paymentTimeoutMs: number): Type {
  @Saga(OrderContext, {
    name: 'prepaid-order',
    version: 1,
    steps: [
      ReserveInventoryStep,
      waitFor('payment', [paymentReceived], {
        timeoutMs: paymentTimeoutMs,
        apply: (order, { payload }) => {
          order.paidBy = payload.reference;
        },
      }),
      BookPaymentStep,
      ShipOrderStep,
    ],
  })
  class PrepaidOrderSaga {}
  return PrepaidOrderSaga;
}
