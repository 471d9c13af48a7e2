import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import {
  days,
  delay,
  fallback,
  NonRetryableError,
  RetryableError,
  Saga,
  SagaModule,
  SagaOrchestrator,
  sagaSignal,
  SagaStep,
  waitFor,
} from '@nest-saga/nestjs';
import type { SagaHandle, SagaStepHandler, SagaStorageFactory, StepRun } from '@nest-saga/nestjs';
import { SagaTester, SagaTestingModule } from '../src/nestjs/index.js';

/** What the steps do: by default nothing. */
@Injectable()
export class World {
  readonly calls: string[] = [];
  readonly answers = new Map<string, () => unknown>();

  call(run: StepRun, action: 'act' | 'undo'): unknown {
    const call = `${action} ${run.step}`;
    this.calls.push(call);
    return this.answers.get(call)?.();
  }
}

export class OrderContext {
  constructor(readonly item: string) {}
}
export class ParcelContext extends OrderContext {}
export class PaymentContext extends OrderContext {}

@Injectable()
class WorldStep implements SagaStepHandler<OrderContext> {
  constructor(private readonly world: World) {}

  act(_context: OrderContext, run: StepRun): unknown {
    return this.world.call(run, 'act');
  }

  async compensate(_context: OrderContext, run: StepRun): Promise<void> {
    await this.world.call(run, 'undo');
  }
}

@SagaStep('reserve')
class ReserveStep extends WorldStep {}
@SagaStep('charge')
class ChargeStep extends WorldStep {}
@SagaStep('ship')
class ShipStep extends WorldStep {}
@SagaStep('invoice')
class InvoiceStep extends WorldStep {}

export const delivered = sagaSignal('delivered');

@Saga(OrderContext, { name: 'order', steps: [ReserveStep, ChargeStep] })
class OrderSaga {}

@Saga(ParcelContext, {
  name: 'parcel',
  steps: [
    ReserveStep,
    ChargeStep,
    delay('cooling-off', days(1)),
    waitFor('delivery', [delivered], { timeoutMs: days(3), onTimeout: 'compensate' }),
  ],
})
class ParcelSaga {}

@Saga(PaymentContext, {
  name: 'payment',
  steps: [
    fallback(ShipStep, InvoiceStep, { circuitBreaker: { failureThreshold: 1, resetTimeoutMs: 60_000 } }),
  ],
})
class PaymentSaga {}

/** Like `typeOrmSagaStorage()` without a `DataSource`: nothing can make it here. */
const databaseStorage: SagaStorageFactory = {
  kind: 'saga-storage-factory',
  inject: ['a connection that no module provides'],
  create: () => {
    throw new Error('a database was asked for');
  },
};

@Module({
  imports: [
    SagaModule.forRoot({ storage: databaseStorage, retry: { maximumAttempts: 3, initialIntervalMs: 1_000 } }),
  ],
  providers: [World, ReserveStep, ChargeStep, ShipStep, InvoiceStep, OrderSaga, ParcelSaga, PaymentSaga],
})
class AppModule {}

export interface OrderApp {
  readonly app: TestingModule;
  readonly sagas: SagaTester;
  readonly orchestrator: SagaOrchestrator;
  readonly world: World;
  start(context?: OrderContext): Promise<SagaHandle>;
}

const nothing = (): void => undefined;
const silent = { log: nothing, error: nothing, warn: nothing };

const open = new Set<TestingModule>();

export async function compileOrderApp(): Promise<OrderApp> {
  const builder = Test.createTestingModule({ imports: [AppModule] }).setLogger(silent);
  const app = await SagaTestingModule.override(builder).compile();
  open.add(app);
  const orchestrator = app.get(SagaOrchestrator);
  const start = (context = new OrderContext('book')) => orchestrator.start(context);
  return { app, sagas: app.get(SagaTester), orchestrator, world: app.get(World), start };
}

export async function openOrderApp(): Promise<OrderApp> {
  const opened = await compileOrderApp();
  await opened.app.init();
  return opened;
}

export async function closeOrderApps(): Promise<void> {
  for (const app of open) await app.close();
  open.clear();
}

export function declines(): never {
  throw new NonRetryableError('declined');
}

export function breaksDown(): never {
  throw new Error('unreachable');
}

export function failsOnce(): () => void {
  let hasFailed = false;
  return () => {
    if (hasFailed) return;
    hasFailed = true;
    throw new RetryableError('busy');
  };
}
