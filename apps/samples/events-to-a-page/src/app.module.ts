import { setTimeout } from 'node:timers/promises';
import { Controller, Get, Header, Headers, Module, Param, RequestMethod, Sse } from '@nestjs/common';
import type { MessageEvent } from '@nestjs/common';
import {
  resumeFrom,
  Saga,
  SagaModule,
  SagaOrchestrator,
  SagaStep,
  toMessageEvents,
  type SagaStepHandler,
} from '@nest-saga/nestjs';
import type { Observable } from 'rxjs';
import { page } from './page.js';

class OrderContext {}

@SagaStep('reserve')
class ReserveStep implements SagaStepHandler<OrderContext> {
  async act(): Promise<void> {
    await setTimeout(500);
  }
  async compensate(): Promise<void> {}
}

@SagaStep('ship')
class ShipStep implements SagaStepHandler<OrderContext> {
  async act(): Promise<void> {
    await setTimeout(500);
  }
  async compensate(): Promise<void> {}
}

@Saga(OrderContext, { name: 'order', steps: [ReserveStep, ShipStep] })
class OrderSaga {}

@Controller()
class OrdersController {
  constructor(private readonly sagas: SagaOrchestrator) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return page;
  }

  @Sse('orders', { method: RequestMethod.POST })
  place(): Observable<MessageEvent> {
    return toMessageEvents(this.sagas.stream(new OrderContext()));
  }

  /** For an EventSource, which sends `last-event-id` when it reconnects. */
  @Sse('orders/:sagaId/events')
  watch(
    @Param('sagaId') sagaId: string,
    @Headers('last-event-id') lastEventId?: string,
  ): Observable<MessageEvent> {
    return toMessageEvents(this.sagas.watch(sagaId, { fromSeq: resumeFrom(lastEventId) }));
  }
}

@Module({
  imports: [SagaModule.forRoot()],
  controllers: [OrdersController],
  providers: [OrderSaga, ReserveStep, ShipStep],
})
export class AppModule {}
