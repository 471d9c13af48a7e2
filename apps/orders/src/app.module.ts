import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DemoServicesModule, PostgresEffectLedger } from '@nest-saga/demo-services';
import { SagaModule } from '@nest-saga/nestjs';
import { sagaTelemetry } from '@nest-saga/nestjs/telemetry';
import { SagaOperationsModule } from '@nest-saga/operations';
import { typeOrmSagaStorage } from '@nest-saga/typeorm';
import { DataSource } from 'typeorm';
import { DemoModule } from './demo/demo.module.js';
import { HealthModule } from './health/health.module.js';
import { LedgerController } from './ledger/ledger.controller.js';
import type { OrdersSettings } from './orders-settings.js';
import { OrdersModule } from './orders/orders.module.js';
import { staffGuard, staffOf } from './operations/staff.guard.js';
import { MetricsController } from './telemetry/metrics.controller.js';
import { startTelemetry } from './telemetry/start-telemetry.js';

/** The demo application. */
@Module({})
export class AppModule {
  static forRoot(settings: OrdersSettings): DynamicModule {
    // Called before the modules are made: a meter that is requested before the SDK is ready never measures.
    startTelemetry();
    const { databaseUrl, slowShipmentMs, paymentTimeoutMs, leaseDurationMs, canBeKilled } = settings;
    const { operatorPassword } = settings;
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot({ type: 'postgres', url: databaseUrl, connectTimeoutMS: 5_000 }),
        SagaModule.forRoot({
          storage: typeOrmSagaStorage({ schema: 'saga' }),
          // Shorter than the defaults, so that a demonstration of a crash takes seconds.
          lease: {
            leaseDurationMs,
            renewalIntervalMs: leaseDurationMs / 3,
            safetyMarginMs: leaseDurationMs / 6,
          },
          recovery: { intervalMs: 500 },
          watchIntervalMs: 250,
          telemetry: sagaTelemetry(),
        }),
        DemoServicesModule.forRoot({
          slowConfirmationMs: slowShipmentMs,
          ledger: {
            inject: [DataSource],
            useFactory: (dataSource: DataSource) =>
              new PostgresEffectLedger((statement, values) =>
                dataSource.query<readonly unknown[]>(statement, [...values]),
              ),
          },
        }),
        OrdersModule.forRoot({ paymentTimeoutMs }),
        HealthModule,
        SagaOperationsModule.forRoot({ guard: staffGuard(operatorPassword), actor: staffOf }),
        DemoModule.forRoot({ canBeKilled }),
      ],
      controllers: [LedgerController, MetricsController],
    };
  }
}
