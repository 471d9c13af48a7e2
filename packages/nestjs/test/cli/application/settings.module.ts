import { Module, type DynamicModule } from '@nestjs/common';
import { SagaModule } from '@nest-saga/nestjs';
import { ChargeStep, FirstOrderSaga, ReserveStep } from './order.saga.js';
import { Connection } from './connection.js';

interface Settings {
  readonly maximumAttempts?: number;
}

/** A root module that is made with settings, none of which it needs. */
@Module({})
export class AppModule {
  static forRoot({ maximumAttempts = 7 }: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [SagaModule.forRoot({ retry: { maximumAttempts } })],
      providers: [FirstOrderSaga, ReserveStep, ChargeStep, Connection],
    };
  }
}

/** A root module that is made with settings, and cannot do without. */
@Module({})
export class DemandingModule {
  static forRoot({ url }: { readonly url: string }): DynamicModule {
    return { ...AppModule.forRoot({ maximumAttempts: url.length }), module: DemandingModule };
  }
}

export const drawnModule = Promise.resolve(DemandingModule.forRoot({ url: 'five!' }));

export const notAModule = 5;
