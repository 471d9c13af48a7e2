import { Injectable } from '@nestjs/common';
import { SagaNotFoundError, SagaOrchestrator, type SagaWait } from '@nest-saga/nestjs';
import { toHistoryView, type HistoryView } from './history-view.js';
import type { OrderContext } from './order.context.js';
import { toFailureView, toOrderView, toStuckView } from './order-view.js';
import type { FailureView, OrderView, StuckView } from './order-view.js';
import { orderSagas, type OrderSagaName } from './saga-of-order.js';

/** The state of an order, and its history. */
export interface OrderDetails {
  readonly sagaId: string;
  readonly saga: OrderSagaName;
  readonly status: string;
  readonly order: OrderView;
  readonly failure?: FailureView;
  readonly stuck?: StuckView;
  /** What it waits for, and until when. */
  readonly waiting?: SagaWait;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly history: readonly HistoryView[];
}

/** Reads orders from their sagas. */
@Injectable()
export class OrdersReader {
  constructor(private readonly sagas: SagaOrchestrator) {}

  /** @throws SagaNotFoundError */
  async get(sagaId: string): Promise<OrderDetails> {
    // The history is read first, so that the execution is never older than the last entry shown.
    const history = await this.sagas.history(sagaId);
    const execution = await this.sagas.find(sagaId);
    if (execution === undefined) throw new SagaNotFoundError(sagaId);
    const { saga, status, failure, stuck, waiting, createdAt, updatedAt } = execution;
    if (!isOrder(saga)) throw new SagaNotFoundError(sagaId);
    return {
      sagaId: execution.sagaId,
      saga,
      status,
      order: toOrderView(execution.context as OrderContext),
      ...(failure === undefined ? {} : { failure: toFailureView(failure) }),
      ...(stuck === undefined ? {} : { stuck: toStuckView(stuck) }),
      ...(waiting === undefined ? {} : { waiting }),
      createdAt,
      updatedAt,
      history: history.map(toHistoryView),
    };
  }
}

function isOrder(saga: string): saga is OrderSagaName {
  return orderSagas.some((name) => name === saga);
}
