import type { SagaFailure, SagaStuck } from '@nest-saga/nestjs';
import type { OrderContext } from './order.context.js';

/** An order as its customer sees it: without the card. */
export type OrderView = Pick<
  OrderContext,
  'customer' | 'item' | 'quantity' | 'destination' | 'totalCents' | 'paidBy' | 'trackingNumber'
>;

/** Why an order was undone. */
export interface FailureView {
  readonly reason: string;
  readonly step?: string;
  readonly code?: string;
  readonly message: string;
}

/** Why an order waits for a person. */
export interface StuckView {
  readonly reason: string;
  readonly step?: string;
  readonly message: string;
}

/** Shows what was ordered and what has come of it. Field by field, so that nothing new gets out by itself. */
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

/** Shows why an order was undone. */
export function toFailureView({ reason, step, code, message }: SagaFailure): FailureView {
  return {
    reason,
    ...(step === undefined ? {} : { step }),
    ...(code === undefined ? {} : { code }),
    message,
  };
}

/** Shows why an order waits for a person. */
export function toStuckView({ reason, step, message }: SagaStuck): StuckView {
  return { reason, ...(step === undefined ? {} : { step }), message };
}
