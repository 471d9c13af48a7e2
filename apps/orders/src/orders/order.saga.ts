import { CardDeclinedError, CardGatewayError } from '@nest-saga/demo-services';
import { fallback, Saga } from '@nest-saga/nestjs';
import { OrderContext } from './order.context.js';
import { ChargePaymentStep } from './steps/charge-payment.step.js';
import { ReserveInventoryStep } from './steps/reserve-inventory.step.js';
import { SendInvoiceStep } from './steps/send-invoice.step.js';
import { ShipOrderStep } from './steps/ship-order.step.js';

/** If the gateway is down, an invoice replaces the charge. */
export const collectMoney = fallback(ChargePaymentStep, SendInvoiceStep, {
  failureErrors: [CardGatewayError],
  circuitBreaker: { failureThreshold: 3, resetTimeoutMs: 10_000, ignoredErrors: [CardDeclinedError] },
});

/**
 * An order: reserve the items, collect the money, send the parcel. If the gateway is down, an invoice replaces the
 * charge; after three such orders in a row the gateway is not called for ten seconds. A declined card is the customer's
 * problem and fails the order.
 */
@Saga({
  name: 'order',
  version: 1,
  context: OrderContext,
  steps: [ReserveInventoryStep, collectMoney, ShipOrderStep],
})
export class OrderSaga {}
