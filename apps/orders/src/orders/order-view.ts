import type { SagaFailure, SagaStuck } from '@nest-saga/nestjs';
import type { OrderContext } from './order.context.js';

/** An order as its customer sees it: without the card. */
export type OrderView = Pick<
  OrderContext,
  'customer' | 'item' | 'quantity' | 'destination' | 'totalCents' | 'paidBy' | 'trackingNumber'
>;

/** The reason why an order was undone. */
export interface FailureView {
  readonly reason: string;
  readonly step?: string;
  readonly code?: string;
  readonly message: string;
}

/** The reason why an order needs an operator. */
export interface StuckView {
  readonly reason: string;
  readonly step?: string;
  readonly message: string;
}

/** The order and its progress. Fields are copied one by one, so that a new field is not exposed by accident. */
export function toOrderView(context: OrderContext): OrderView {
  const { customer, item, quantity, destination, totalCents, paidBy, trackingNumber } = context;
  return {
    customer,
    item,
    quantity,
    destination,
    ...(totalCents === undefined ? {} : { totalCents }),
    ...(paidBy === undefined ? {} : { paidBy }),
    ...(trackingNumber === undefined ? {} : { trackingNumber }),
  };
}

/** Shows the reason why an order was undone. */
export function toFailureView({ reason, step, code, message }: SagaFailure): FailureView {
  return {
    reason,
    ...(step === undefined ? {} : { step }),
    ...(code === undefined ? {} : { code }),
    message,
  };
}

/** Shows the reason why an order needs an operator. */
export function toStuckView({ reason, step, message }: SagaStuck): StuckView {
  return { reason, ...(step === undefined ? {} : { step }), message };
}
