import type { ServerResponse } from 'node:http';
import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  HttpStatus,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
  RequestMethod,
  Res,
  Sse,
  UseFilters,
  UseGuards,
  type MessageEvent,
} from '@nestjs/common';
import {
  resumeFrom,
  SagaExceptionFilter,
  SagaOrchestrator,
  toMessageEvents,
  type StartOptions,
} from '@nest-saga/nestjs';
import type { Observable } from 'rxjs';
import { cancelOrderSchema, type CancelOrder } from './cancel-order.schema.js';
import type { HttpResponse } from './http-response.js';
import { eventsQuerySchema, type EventsQuery } from './events-query.schema.js';
import { JsonBodyGuard } from './json-body.guard.js';
import { httpStatusOf, toAnswer, type OrderAnswer } from './outcome-answer.js';
import { OrderContext } from './order.context.js';
import { OrdersReader, type OrderDetails } from './orders-reader.js';
import { sagaOfOrder } from './saga-of-order.js';
import { placeOrderSchema, type PlaceOrder } from './place-order.schema.js';

/** Orders over HTTP. Each of them is a saga. */
@Controller('orders')
@UseFilters(SagaExceptionFilter)
@UseGuards(JsonBodyGuard)
export class OrdersController {
  constructor(
    private readonly sagas: SagaOrchestrator,
    private readonly orders: OrdersReader,
  ) {}

  /**
   * Places an order and answers when it has ended. With `Prefer: respond-async` (RFC 7240), and for an order that waits for a
   * payment or a person, it answers at once, and the end of the order can be read at its `Location`. Repeated requests with one `Idempotency-Key` are one order.
   */
  @Post()
  async place(
    @Body({ schema: placeOrderSchema }) order: PlaceOrder,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<OrderAnswer | OrderDetails> {
    const options = startOptions(order, key);
    const handle = await this.sagas.start(new OrderContext(order), options);
    response.setHeader('location', `/orders/${handle.sagaId}`);
    const isAsync = prefersAsync(prefer);
    if (isAsync) response.setHeader('preference-applied', 'respond-async');
    if (isAsync || options.saga !== 'order') {
      response.status(HttpStatus.ACCEPTED);
      return this.orders.get(handle.sagaId);
    }
    const outcome = await handle.outcome();
    response.status(httpStatusOf(outcome));
    return toAnswer(outcome);
  }

  /** Places an order and streams the result of each step when it is durable, including the undo. */
  @Sse('stream', { method: RequestMethod.POST })
  async stream(
    @Body({ schema: placeOrderSchema }) order: PlaceOrder,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<Observable<MessageEvent>> {
    // Started before the stream, so that a mistake in the request is answered with an HTTP status.
    const { results$ } = await this.sagas.start(new OrderContext(order), startOptions(order, key));
    return toMessageEvents(results$, { response });
  }

  /**
   * Streams the past and future events of an order. A client that reconnects continues after its last event: a browser
   * sends the id in a header, and a page that was loaded again in the address, because it cannot set that header.
   */
  @Sse(':sagaId/events')
  async events(
    @Param('sagaId', ParseUUIDPipe) sagaId: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Query({ schema: eventsQuerySchema }) query: EventsQuery,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<Observable<MessageEvent>> {
    const fromSeq = resumeFrom(lastEventId ?? query.lastEventId);
    await this.orders.get(sagaId);
    return toMessageEvents(this.sagas.watch(sagaId, { fromSeq }), { fromSeq, response });
  }

  /** The state of an order, and its history. */
  @Get(':sagaId')
  async find(@Param('sagaId', ParseUUIDPipe) sagaId: string): Promise<OrderDetails> {
    return this.orders.get(sagaId);
  }

  /** Requests the cancellation of an order: its completed steps are compensated. */
  @Post(':sagaId/cancel')
  @HttpCode(HttpStatus.ACCEPTED)
  async cancel(
    @Param('sagaId', ParseUUIDPipe) sagaId: string,
    @Body({ schema: cancelOrderSchema }) { reason }: CancelOrder,
  ): Promise<OrderDetails> {
    await this.sagas.cancel(sagaId, reason);
    return this.orders.get(sagaId);
  }
}

function prefersAsync(prefer: string | undefined): boolean {
  return (prefer ?? '').split(',').some((preference) => preference.trim().toLowerCase() === 'respond-async');
}

function startOptions(order: PlaceOrder, key: string | undefined): StartOptions {
  return { saga: sagaOfOrder(order), ...(key === undefined ? {} : { key }) };
}
