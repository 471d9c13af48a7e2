import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Saga, SagaModule, SagaOrchestrator, SagaStep } from '@nest-saga/nestjs';
import type { SagaStepHandler } from '@nest-saga/nestjs';

class OrderContext {}

@SagaStep('charge')
class ChargeStep implements SagaStepHandler<OrderContext> {
  async act(): Promise<void> {}

  async compensate(): Promise<void> {}
}

@Saga({ name: 'order', context: OrderContext, steps: [ChargeStep] })
class OrderSaga {}

@Module({ imports: [SagaModule.forRoot()], providers: [ChargeStep, OrderSaga] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
const handle = await app.get(SagaOrchestrator).start(new OrderContext());
console.log((await handle.outcome()).status);
await app.close();
