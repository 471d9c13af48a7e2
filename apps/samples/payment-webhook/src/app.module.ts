import { Body, Controller, Get, HttpCode, Module, NotFoundException, Param, Post } from '@nestjs/common';
import {
  minutes,
  Saga,
  SagaModule,
  SagaOrchestrator,
  sagaSignal,
  SagaStep,
  waitFor,
  type SagaStepHandler,
} from '@nest-saga/nestjs';

class Payment {
  constructor(readonly reference: string) {}
}

export const paid = sagaSignal('payment.paid', Payment);

class OrderContext {
  reference?: string;

  constructor(readonly orderId: string) {}
}

@SagaStep('reserve')
class ReserveStep implements SagaStepHandler<OrderContext> {
  async act(): Promise<void> {}
  async compensate(): Promise<void> {}
}

@SagaStep('ship')
class ShipStep implements SagaStepHandler<OrderContext> {
  async act({ reference }: OrderContext): Promise<string> {
    return `shipped, paid with ${reference ?? 'nothing'}`;
  }
  async compensate(): Promise<void> {}
}

@Saga(OrderContext, {
  name: 'order',
  steps: [
    ReserveStep,
    waitFor('payment', [paid], {
      timeoutMs: Number(process.env['PAYMENT_TIMEOUT_MS'] ?? minutes(1)),
      onTimeout: 'compensate',
      apply: (order, { payload }) => {
        order.reference = payload.reference;
      },
    }),
    ShipStep,
  ],
})
class OrderSaga {}

@Controller()
class OrdersController {
  constructor(private readonly sagas: SagaOrchestrator) {}

  @Post('orders')
  async place(@Body() { orderId }: { readonly orderId: string }) {
    const { sagaId } = await this.sagas.start(new OrderContext(orderId), { key: orderId });
    return { sagaId };
  }

  /** In an application, check the provider's signature first. */
  @Post('webhooks/payments')
  @HttpCode(204)
  async pay(@Body() { orderId, reference }: { readonly orderId: string; readonly reference: string }) {
    const target = { saga: 'order', key: orderId };
    await this.sagas.signal(target, paid, new Payment(reference), { dedupeId: reference });
  }

  @Get('orders/:orderId')
  async show(@Param('orderId') orderId: string) {
    const saga = await this.sagas.find({ saga: 'order', key: orderId });
    if (saga === undefined) throw new NotFoundException();
    const { status, waiting, failure } = saga;
    const { reference } = saga.context as OrderContext;
    return { status, waitsFor: waiting?.names, reference, reason: failure?.message };
  }
}

@Module({
  imports: [SagaModule.forRoot()],
  controllers: [OrdersController],
  providers: [OrderSaga, ReserveStep, ShipStep],
})
export class AppModule {}
