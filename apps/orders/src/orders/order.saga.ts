import { CardDeclinedError, CardGatewayError } from '@nest-saga/demo-services';
import { fallback, Saga } from '@nest-saga/nestjs';
import { OrderContext } from './order.context.js';
import { ChargePaymentStep } from './steps/charge-payment.step.js';
import { ReserveInventoryStep } from './steps/reserve-inventory.step.js';
import { SendInvoiceStep } from './steps/send-invoice.step.js';
import { ShipOrderStep } from './steps/ship-order.step.js';

/**
 * An order: set the items aside, get the money, send the parcel. A gateway that is down leads to an invoice; after
 * three such orders in a row it is left alone for ten seconds. A declined card is the customer's and fails the order.
 */
@Saga({
  name: 'order',
  version: 1,
  context: OrderContext,
  steps: [
    ReserveInventoryStep,
    fallback(ChargePaymentStep, SendInvoiceStep, {
      failureErrors: [CardGatewayError],
      circuitBreaker: { failureThreshold: 3, resetTimeoutMs: 10_000, ignoredErrors: [CardDeclinedError] },
    }),
    ShipOrderStep,
  ],
})
export class OrderSaga {}
