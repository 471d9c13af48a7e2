import { HttpStatus } from '@nestjs/common';
import type { SagaOutcome } from '@nest-saga/nestjs';
import type { OrderContext } from './order.context.js';
import { toFailureView, toOrderView, toStuckView } from './order-view.js';
import type { FailureView, OrderView, StuckView } from './order-view.js';

/** How an order ended, for its customer. */
export interface OrderAnswer {
  readonly sagaId: string;
  readonly status: string;
  readonly order: OrderView;
  readonly failure?: FailureView;
  readonly stuck?: StuckView;
}

/** The answer for a client that waited for the order's end. */
export function toAnswer(outcome: SagaOutcome<OrderContext>): OrderAnswer {
  const { sagaId, status, context, failure, stuck } = outcome;
  return {
    sagaId,
    status,
    order: toOrderView(context),
    ...(failure === undefined ? {} : { failure: toFailureView(failure) }),
    ...(stuck === undefined ? {} : { stuck: toStuckView(stuck) }),
  };
}

/** Errors that the customer can fix in the order itself. */
const businessErrors = new Set(['UNKNOWN_ITEM', 'CARD_DECLINED']);

/**
 * The HTTP status of an order that has ended: 201 if it is placed; 422 if its content was refused; 503 if it was undone
 * because a service was down, so that a new order may work later; 409 if it was cancelled, or is stuck and neither
 * placed nor undone yet.
 */
export function httpStatusOf({ status, failure }: SagaOutcome<OrderContext>): HttpStatus {
  if (status === 'completed') return HttpStatus.CREATED;
  if (status === 'stuck' || failure?.reason === 'cancelled') return HttpStatus.CONFLICT;
  return businessErrors.has(failure?.code ?? '')
    ? HttpStatus.UNPROCESSABLE_ENTITY
    : HttpStatus.SERVICE_UNAVAILABLE;
}
