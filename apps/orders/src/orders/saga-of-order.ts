import { catalogue } from '@nest-saga/demo-services';
import type { PlaceOrder } from './place-order.schema.js';

/** The sagas of orders. All of them have one context. */
export const orderSagas = ['order', 'prepaid-order', 'large-order'] as const;

/** The name of one of them. */
export type OrderSagaName = (typeof orderSagas)[number];

/** The `card` of an order that is paid by bank transfer. */
const transfer = 'transfer';
/** An order above this amount needs the approval of a person, in cents. */
const largeAmountCents = 500_000;

/** The saga for an order. A prepaid order needs no approval: its money comes first. */
export function sagaOfOrder({ card, item, quantity }: PlaceOrder): OrderSagaName {
  if (card === transfer) return 'prepaid-order';
  const cents = Object.hasOwn(catalogue, item) ? (catalogue[item] ?? 0) * quantity : 0;
  return cents > largeAmountCents ? 'large-order' : 'order';
}
