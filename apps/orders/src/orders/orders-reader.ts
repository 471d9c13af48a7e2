import { Injectable } from '@nestjs/common';
import { SagaNotFoundError, SagaOrchestrator } from '@nest-saga/nestjs';
import { toHistoryView, type HistoryView } from './history-view.js';
import type { OrderContext } from './order.context.js';
import { toFailureView, toOrderView, toStuckView } from './order-view.js';
import type { FailureView, OrderView, StuckView } from './order-view.js';

/** The state of an order, and its history. */
export interface OrderDetails {
  readonly sagaId: string;
  readonly status: string;
  readonly order: OrderView;
  readonly failure?: FailureView;
  readonly stuck?: StuckView;
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
    if (execution === undefined || execution.saga !== 'order') throw new SagaNotFoundError(sagaId);
    const { status, failure, stuck, createdAt, updatedAt } = execution;
    return {
      sagaId: execution.sagaId,
      status,
      order: toOrderView(execution.context as OrderContext),
      ...(failure === undefined ? {} : { failure: toFailureView(failure) }),
      ...(stuck === undefined ? {} : { stuck: toStuckView(stuck) }),
      createdAt,
      updatedAt,
      history: history.map(toHistoryView),
    };
  }
}
