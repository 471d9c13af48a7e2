import { Controller, Get, Injectable, Module, Post } from '@nestjs/common';
import {
  fallback,
  Saga,
  SagaModule,
  SagaOrchestrator,
  seconds,
  SagaStep,
  type SagaStepHandler,
} from '@nest-saga/nestjs';

class OrderContext {
  paidBy?: 'card' | 'invoice';
}

class GatewayDownError extends Error {}

@Injectable()
class Gateway {
  calls = 0;

  charge(): never {
    this.calls++;
    throw new GatewayDownError('the gateway does not answer');
  }
}

@SagaStep('charge-card')
class ChargeCardStep implements SagaStepHandler<OrderContext> {
  constructor(private readonly gateway: Gateway) {}

  async act(order: OrderContext): Promise<void> {
    this.gateway.charge();
    order.paidBy = 'card';
  }
  async compensate(): Promise<void> {}
}

@SagaStep('send-invoice')
class SendInvoiceStep implements SagaStepHandler<OrderContext> {
  async act(order: OrderContext): Promise<void> {
    order.paidBy = 'invoice';
  }
  async compensate(): Promise<void> {}
}

@Saga(OrderContext, {
  name: 'order',
  steps: [
    fallback(ChargeCardStep, SendInvoiceStep, {
      failureErrors: [GatewayDownError],
      circuitBreaker: { failureThreshold: 2, resetTimeoutMs: seconds(30) },
    }),
  ],
})
class OrderSaga {}

@Controller()
class OrdersController {
  constructor(
    private readonly sagas: SagaOrchestrator,
    private readonly gateway: Gateway,
  ) {}

  @Post('orders')
  async place() {
    const { status, context } = await (await this.sagas.start(new OrderContext())).outcome();
    return { status, paidBy: context.paidBy };
  }

  @Get('calls')
  calls() {
    return { calls: this.gateway.calls };
  }
}

@Module({
  imports: [SagaModule.forRoot()],
  controllers: [OrdersController],
  providers: [OrderSaga, ChargeCardStep, SendInvoiceStep, Gateway],
})
export class AppModule {}
