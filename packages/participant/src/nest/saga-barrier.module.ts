import { Module } from '@nestjs/common';
import type { DynamicModule, InjectionToken } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { resolveOptions } from '../barrier/barrier-options.js';
import { SagaBarrier } from '../barrier/saga-barrier.js';
import type { SagaBarrierOptions } from '../barrier/barrier-options.js';

/** Options of {@link SagaBarrierModule}. */
export interface SagaBarrierModuleOptions extends SagaBarrierOptions {
  /**
   * The data source of this service, or its token, such as `getDataSourceToken('payments')` of `@nestjs/typeorm`.
   *
   * @default the one of `TypeOrmModule.forRoot()` that has no name
   */
  readonly dataSource?: DataSource | InjectionToken;
}

/** Lets the providers and controllers of the importing module inject {@link SagaBarrier}. */
export class SagaBarrierModule {
  /**
   * The start of the application prepares the table, and fails with `ParticipantTableError` if that is not possible.
   *
   * @throws TypeError for an option that does not exist, or a wrong value.
   *
   * @example
   * SagaBarrierModule.forFeature();
   */
  static forFeature(options: SagaBarrierModuleOptions = {}): DynamicModule {
    return moduleOf(options);
  }
}

// With a decorator, or with its name in its own body, the bundler would rename the class, and Nest shows its name.
Module({})(SagaBarrierModule);

function moduleOf({ dataSource = DataSource, ...options }: SagaBarrierModuleOptions): DynamicModule {
  resolveOptions(options);
  const isInstance = typeof dataSource === 'object';
  const provider = {
    provide: SagaBarrier,
    inject: isInstance ? [] : [dataSource],
    useFactory: async (found?: DataSource): Promise<SagaBarrier> => {
      const barrier = new SagaBarrier(isInstance ? dataSource : (found as DataSource), options);
      await barrier.open();
      return barrier;
    },
  };
  return { module: SagaBarrierModule, providers: [provider], exports: [SagaBarrier] };
}
