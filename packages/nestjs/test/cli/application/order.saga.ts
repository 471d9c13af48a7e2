import { fallback, Saga, SagaStep, type SagaStepHandler } from '@nest-saga/nestjs';
import { Connection } from './connection.js';

/** The context of an order. */
export class OrderContext {}

@SagaStep({ id: 'reserve', retry: { maximumAttempts: 3 } })
export class ReserveStep implements SagaStepHandler<OrderContext> {
  constructor(readonly connection: Connection) {
    console.log('a step was made');
  }
  act(): void {}
  compensate(): void {}
}

@SagaStep('charge')
export class ChargeStep implements SagaStepHandler<OrderContext> {
  act(): void {}
  compensate(): void {}
}

@SagaStep('invoice')
export class InvoiceStep implements SagaStepHandler<OrderContext> {
  act(): void {}
  compensate(): void {}
}

@Saga({ name: 'order', context: OrderContext, steps: [ReserveStep, ChargeStep] })
export class FirstOrderSaga {}

@Saga({
  name: 'order',
  version: 2,
  context: OrderContext,
  steps: [ReserveStep, fallback(ChargeStep, InvoiceStep, { circuitBreaker: { failureThreshold: 3 } })],
})
export class OrderSaga {}

@Saga({ name: 'shop:refund', context: class RefundContext {}, steps: [InvoiceStep] })
export class RefundSaga {}
