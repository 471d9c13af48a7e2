import { Injectable } from '@nestjs/common';
import { CqrsModule, EventsHandler } from '@nestjs/cqrs';
import type { IEventHandler } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { SagaTester, SagaTestingModule } from '@nest-saga/testing/nestjs';
import { minutes, Saga, SagaModule, SagaOrchestrator, SagaStep } from '../src/index.js';
import type { SagaStepHandler, StepRun } from '../src/index.js';
import { silent } from './open-app.js';

class OrderContext {
  readonly item = 'book';
}

class OrderPaid {
  readonly item = 'book';
}

@SagaStep('charge')
class ChargeStep implements SagaStepHandler<OrderContext> {
  act(_order: OrderContext, run: StepRun): void {
    run.emit(new OrderPaid());
  }

  compensate(): void {}
}

@Saga(OrderContext, { name: 'order', steps: [ChargeStep] })
class OrderSaga {}

@Injectable()
@EventsHandler(OrderPaid)
class OrderPaidHandler implements IEventHandler<OrderPaid> {
  readonly handled: OrderPaid[] = [];

  handle(event: OrderPaid): void {
    this.handled.push(event);
  }
}

it('an event whose engine crashed right after its entry is handled in the next engine, once and with its class', async () => {
  const builder = Test.createTestingModule({
    imports: [CqrsModule.forRoot(), SagaModule.forRoot()],
    providers: [ChargeStep, OrderSaga, OrderPaidHandler],
  }).setLogger(silent);
  const app = await SagaTestingModule.override(builder).compile();
  await app.init();
  const [sagas, { handled }] = [app.get(SagaTester), app.get(OrderPaidHandler)];

  sagas.crashAt('charge', 'after-entry');
  const { sagaId } = await app.get(SagaOrchestrator).start(new OrderContext());
  await sagas.advance(0);
  expect(handled).toEqual([]);
  await sagas.advance(minutes(1));
  await sagas.expectSaga(sagaId).completed();
  expect(handled).toEqual([new OrderPaid()]);
  expect(handled[0]).toBeInstanceOf(OrderPaid);
  await app.close();
});
