import { randomBytes } from 'node:crypto';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  aesGcmCodec,
  approval,
  Saga,
  SagaModule,
  SagaOperator,
  SagaOrchestrator,
  SagaStep,
} from '@nest-saga/nestjs';
import type { SagaStepHandler, StepRun } from '@nest-saga/nestjs';
import { typeOrmSagaStorage } from '../src/saga-storage-factory.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { until } from './until.js';

const secret = 'top secret';

class OrderContext {
  constructor(readonly card: string) {}
}

@SagaStep('reserve')
class ReserveStep implements SagaStepHandler<OrderContext> {
  async act(_order: OrderContext, run: StepRun): Promise<unknown> {
    run.emit({ secret });
    return { secret };
  }
  async compensate(): Promise<void> {
    throw new Error(`cannot undo ${secret}`);
  }
}

@SagaStep('charge')
class ChargeStep implements SagaStepHandler<OrderContext> {
  async act(order: OrderContext): Promise<void> {
    throw new Error(`declined ${order.card}`);
  }
  async compensate(): Promise<void> {}
}

@Saga(OrderContext, {
  name: 'order',
  steps: [ReserveStep, approval('check', { title: (order) => `Check ${order.card}` }), ChargeStep],
})
class OrderSaga {}

const nothing = (): void => undefined;

describe('encrypted sagas on PostgreSQL', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  const rows = async (): Promise<string> => {
    const tables = await database.query(
      "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema = 'saga'",
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const found = await database.query(`SELECT t::text AS row FROM ${String(name)} t`);
      texts.push(...found.map(({ row }) => String(row)));
    }
    return texts.join('\n');
  };

  it('have no plain text in any table, whatever happens to them', async () => {
    const key = randomBytes(32);
    const app = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({ type: 'postgres', url: database.url }),
        SagaModule.forRoot({
          storage: typeOrmSagaStorage(),
          codec: aesGcmCodec({ keys: { key }, current: 'key' }),
          retry: { maximumAttempts: 1 },
          compensation: { maximumAttempts: 1 },
        }),
      ],
      providers: [OrderSaga, ReserveStep, ChargeStep],
    })
      .setLogger({ log: nothing, warn: nothing, error: nothing })
      .compile();
    await app.init();
    try {
      const [sagas, operator] = [app.get(SagaOrchestrator), app.get(SagaOperator)];
      const { sagaId } = await sagas.start(new OrderContext(secret));
      await until('the approval', async () => (await sagas.find(sagaId))?.waiting?.for === 'approval');
      expect(await rows()).not.toContain(secret);
      await operator.decide(sagaId, 'check', { decision: 'approved', actor: 'ada', note: secret });
      await until('the end', async () => (await sagas.find(sagaId))?.status === 'stuck');
      expect(await sagas.find(sagaId)).toMatchObject({
        context: { card: secret },
        failure: { message: `declined ${secret}` },
        stuck: { message: `cannot undo ${secret}` },
      });
      await operator.resolveStep(sagaId, 'reserve', secret, { actor: 'ada' });
      await until('the end', async () => (await sagas.find(sagaId))?.status === 'failed');
      const stored = await rows();
      expect(stored).toContain(sagaId);
      expect(stored).toContain('ada');
      expect(stored).not.toContain(secret);
    } finally {
      await app.close();
    }
  });
});
