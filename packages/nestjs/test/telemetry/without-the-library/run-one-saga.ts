import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Saga, SagaEvents, SagaModule, SagaOrchestrator, SagaStep } from '@nest-saga/nestjs';
import type { SagaStepHandler, StepRun } from '@nest-saga/nestjs';

class OrderContext {}

@SagaStep('charge')
class ChargeStep implements SagaStepHandler<OrderContext> {
  async act(_context: OrderContext, run: StepRun): Promise<void> {
    run.emit({ type: 'charged' });
  }

  async compensate(): Promise<void> {}
}

@Saga({ name: 'order', context: OrderContext, steps: [ChargeStep] })
class OrderSaga {}

@Module({ imports: [SagaModule.forRoot()], providers: [ChargeStep, OrderSaga] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
app.get(SagaEvents).events$.subscribe(({ event }) => console.log((event as { readonly type: string }).type));
const handle = await app.get(SagaOrchestrator).start(new OrderContext());
console.log((await handle.outcome()).status);
await app.close();
