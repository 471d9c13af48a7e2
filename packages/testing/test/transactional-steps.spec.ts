import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Saga, SagaModule, SagaOrchestrator, SagaStep } from '@nest-saga/nestjs';
import type { SagaStepHandler, StepRun } from '@nest-saga/nestjs';
import { transactionHandleOf } from '@nest-saga/core/storage-kit';
import { SagaTester, SagaTestingModule } from '../src/nestjs/index.js';

interface Manager {
  decrement(entity: string, where: object, column: string, by: number): Promise<void>;
}

/** What `entityManagerOf()` of `@nest-saga/typeorm` gives. */
const entityManagerOf = (run: StepRun): Manager => transactionHandleOf(run) as Manager;

class OrderContext {
  constructor(readonly sku: string) {}
}

@SagaStep({ id: 'reserve', transactional: true })
class ReserveStep implements SagaStepHandler<OrderContext> {
  async act(order: OrderContext, run: StepRun): Promise<void> {
    await entityManagerOf(run).decrement('Stock', { sku: order.sku }, 'free', 1);
  }
  async compensate(): Promise<void> {}
}

@Saga({ name: 'order', context: OrderContext, steps: [ReserveStep] })
class OrderSaga {}

@Module({ imports: [SagaModule.forRoot()], providers: [OrderSaga, ReserveStep] })
class AppModule {}

describe('a transactional step in a test of an application', () => {
  it('writes to the double of the entity manager, and is repeated after a crash', async () => {
    const written: unknown[] = [];
    const entityManager = {
      decrement: async (...values: readonly unknown[]) => void written.push(['decrement', ...values]),
    };
    const builder = Test.createTestingModule({ imports: [AppModule] });
    const app = await SagaTestingModule.override(builder, { entityManager }).compile();
    await app.init();
    const tester = app.get(SagaTester);
    tester.crashAt('reserve', 'after-act');
    const { sagaId } = await app.get(SagaOrchestrator).start(new OrderContext('A-1'));
    await tester.advance(60_000);
    await tester.expectSaga(sagaId).completed();
    const taken = ['decrement', 'Stock', { sku: 'A-1' }, 'free', 1];
    expect(written).toEqual([taken, taken]);
    await app.close();
  });
});
