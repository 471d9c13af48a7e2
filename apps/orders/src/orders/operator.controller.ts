import {
  Body,
  Controller,
  HttpCode,
  HttpStatus,
  Param,
  ParseUUIDPipe,
  Post,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { SagaExceptionFilter, SagaOperator } from '@nest-saga/nestjs';
import {
  decideOrderSchema,
  resolveStepSchema,
  retryOrderSchema,
  type DecideOrder,
  type ResolveStep,
  type RetryOrder,
} from './help-order.schema.js';
import { JsonBodyGuard } from './json-body.guard.js';
import { OrdersReader, type OrderDetails } from './orders-reader.js';

/**
 * The actions of an operator: for an order that is stuck, and for one that waits for an approval. In the demo every user may call them; an application adds a
 * guard that identifies the user.
 */
@Controller('orders/:sagaId')
@UseFilters(SagaExceptionFilter)
@UseGuards(JsonBodyGuard)
export class OperatorController {
  constructor(
    private readonly operator: SagaOperator,
    private readonly orders: OrdersReader,
  ) {}

  /** Resumes a stuck order, which repeats the failed call. */
  @Post('retry')
  @HttpCode(HttpStatus.ACCEPTED)
  async retry(
    @Param('sagaId', ParseUUIDPipe) sagaId: string,
    @Body({ schema: retryOrderSchema }) { note }: RetryOrder,
  ): Promise<OrderDetails> {
    await this.orders.get(sagaId);
    await this.operator.retry(sagaId, note === undefined ? {} : { note });
    return this.orders.get(sagaId);
  }

  /**
   * Records what an operator knows about the step at which an order is stuck: it was done by hand, and the order
   * continues after it, or it is not done, and the order is undone without it.
   */
  @Post('resolve')
  @HttpCode(HttpStatus.ACCEPTED)
  async resolve(
    @Param('sagaId', ParseUUIDPipe) sagaId: string,
    @Body({ schema: resolveStepSchema }) { step, note, outcome }: ResolveStep,
  ): Promise<OrderDetails> {
    await this.orders.get(sagaId);
    await this.operator.resolveStep(sagaId, step, note, { outcome });
    return this.orders.get(sagaId);
  }

  /** Decides about an order that waits for an approval: it continues, or is undone. */
  @Post('decide')
  @HttpCode(HttpStatus.ACCEPTED)
  async decide(
    @Param('sagaId', ParseUUIDPipe) sagaId: string,
    @Body({ schema: decideOrderSchema }) { decision, actor, note }: DecideOrder,
  ): Promise<OrderDetails> {
    await this.orders.get(sagaId);
    await this.operator.decide(sagaId, 'approval', {
      decision,
      actor,
      ...(note === undefined ? {} : { note }),
    });
    return this.orders.get(sagaId);
  }
}
