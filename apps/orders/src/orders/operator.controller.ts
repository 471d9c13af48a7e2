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
  resolveStepSchema,
  retryOrderSchema,
  type ResolveStep,
  type RetryOrder,
} from './help-order.schema.js';
import { JsonBodyGuard } from './json-body.guard.js';
import { OrdersReader, type OrderDetails } from './orders-reader.js';

/**
 * What a person does for an order that is stuck. The demo lets everybody do it; an application puts a guard here that asks
 * who it is.
 */
@Controller('orders/:sagaId')
@UseFilters(SagaExceptionFilter)
@UseGuards(JsonBodyGuard)
export class OperatorController {
  constructor(
    private readonly operator: SagaOperator,
    private readonly orders: OrdersReader,
  ) {}

  /** Lets a stuck order try again what failed. */
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
   * Says what a person knows of the step that a stuck order stands at: it was done by hand, and the order goes on after it,
   * or it is not done, and the order is undone without it.
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
}
