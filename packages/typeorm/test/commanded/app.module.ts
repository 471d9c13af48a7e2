import { Global, Injectable, Module } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { NonRetryableError, Saga, SagaModule, sagaSignal, SagaStep, waitFor } from '@nest-saga/nestjs';
import { typeOrmSagaStorage } from '@nest-saga/typeorm';
import { DataSource } from 'typeorm';
import { url } from './database.js';

export class OrderContext {
  constructor(readonly item: string) {}
}

export class Paid {
  constructor(readonly amount: number) {}
}

/** Runs, unlike the application, in no command: each call is a line of its standard error. */
function called(step: string): void {
  console.error(`called ${step}`);
}

@Injectable()
@SagaStep({ id: 'reserve', compensation: { maximumAttempts: 1 } })
export class ReserveStep {
  act(): string {
    called('reserve');
    return 'R-1';
  }
  compensate({ item }: OrderContext): void {
    called('undo of reserve');
    if (item === 'stuck') throw new NonRetryableError('the stock service is down');
  }
}

@Injectable()
@SagaStep('ship')
export class ShipStep {
  act({ item }: OrderContext): void {
    called('ship');
    if (item === 'stuck') throw new NonRetryableError('no carrier');
  }
  compensate(): void {
    called('undo of ship');
  }
}

@Injectable()
@Saga(OrderContext, {
  name: 'order',
  tags: ({ item }) => [`item:${item}`],
  steps: [ReserveStep, waitFor('payment', [sagaSignal('paid', Paid)]), ShipStep],
})
export class OrderSaga {}

@Injectable()
@Saga(OrderContext, { name: 'quick', steps: [ReserveStep, ShipStep] })
export class QuickSaga {}

@Injectable()
class Connection implements OnModuleDestroy {
  readonly dataSource = new DataSource({ type: 'postgres', url, poolSize: 5 });
  onModuleDestroy(): Promise<void> {
    return this.dataSource.destroy();
  }
}

@Global()
@Module({
  providers: [
    Connection,
    {
      provide: DataSource,
      useFactory: ({ dataSource }: Connection) => dataSource.initialize(),
      inject: [Connection],
    },
  ],
  exports: [DataSource],
})
class DatabaseModule {}

@Module({
  imports: [
    DatabaseModule,
    SagaModule.forRoot({ storage: typeOrmSagaStorage(), recovery: { intervalMs: 50 } }),
  ],
  providers: [OrderSaga, QuickSaga, ReserveStep, ShipStep],
})
export class AppModule {}

/** A build in which the steps of an order are in another order. */
@Injectable()
@Saga(OrderContext, { name: 'order', steps: [ShipStep, ReserveStep] })
export class OtherOrderSaga {}

@Module({
  imports: [DatabaseModule, SagaModule.forRoot({ storage: typeOrmSagaStorage() })],
  providers: [OtherOrderSaga, ReserveStep, ShipStep],
})
export class OtherModule {}
