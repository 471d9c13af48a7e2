import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BootstrapPhaseModule } from './runtime/bootstrap-phase.js';
import { SagaCatalog } from './catalog/saga.catalog.js';
import { checkAsyncOptions, checkOptionsObject } from './options/check-module-options.js';
import { CircuitBreakers } from './circuit-breaker/circuit-breakers.js';
import { SagaDefinitions } from './discovery/saga-definitions.js';
import { SagaSubscriptions } from './discovery/saga-subscriptions.js';
import { VisibleProviders } from './discovery/visible-providers.js';
import { EventClasses } from './events/event-classes.js';
import { SagaEvents } from './events/saga-events.js';
import { SagaInterceptors } from './interceptors/saga-interceptors.js';
import { SagaListeners } from './events/saga-listeners.js';
import { SagaLogger } from './logging/saga-logger.js';
import { ProcessKeeper } from './node/process-keeper.js';
import { SystemClock } from './node/system-clock.js';
import { UuidV7Generator } from './node/uuid-v7-generator.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './saga.module-definition.js';
import type { ASYNC_OPTIONS_TYPE, OPTIONS_TYPE } from './saga.module-definition.js';
import type { SagaModuleOptions } from './options/saga-module-options.js';
import { SagaOperator } from './saga.operator.js';
import { SagaOrchestrator } from './saga.orchestrator.js';
import { SagaEngines } from './runtime/saga-engines.js';
import { SagaRuntime } from './runtime/saga.runtime.js';
import { SAGA_STORAGE } from './storage/saga-storage.token.js';
import { LiveWatches } from './streams/live-watches.js';

/**
 * Runs the sagas of an application. Import it once, in the root module: `SagaOrchestrator`, `SagaOperator`,
 * `SagaCatalog` and `SagaEvents` can then be injected in all modules, and the `@Saga()` and `@SagaStep()` providers of
 * all modules are found.
 */
@Module({
  imports: [DiscoveryModule, BootstrapPhaseModule],
  providers: [
    {
      provide: SAGA_STORAGE,
      // The result of a factory is checked at bootstrap, together with everything else.
      useFactory: (options: SagaModuleOptions | null | undefined) => options?.storage,
      inject: [MODULE_OPTIONS_TOKEN],
    },
    SystemClock,
    ProcessKeeper,
    UuidV7Generator,
    EventClasses,
    SagaEvents,
    SagaLogger,
    SagaListeners,
    CircuitBreakers,
    VisibleProviders,
    SagaInterceptors,
    SagaSubscriptions,
    SagaDefinitions,
    LiveWatches,
    SagaEngines,
    SagaRuntime,
    SagaOrchestrator,
    SagaOperator,
    SagaCatalog,
  ],
  exports: [SagaOrchestrator, SagaOperator, SagaCatalog, SagaEvents, SagaRuntime],
})
export class SagaModule extends ConfigurableModuleClass {
  /**
   * @throws SagaDefinitionError when the application starts, with all problems of all sagas, steps and options.
   * @throws SagaStorageMissingError when the application starts, if there is no usable storage.
   * @example
   * ```ts
   * SagaModule.forRoot({ storage: typeOrmSagaStorage({ schema: 'saga' }), retry: { maximumAttempts: 3 } })
   * ```
   */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    checkOptionsObject(options);
    return super.forRoot(options);
  }

  /**
   * Like `forRoot()`, with options that are made by a provider.
   *
   * @throws SagaDefinitionError at once if the source of the options is missing.
   * @example
   * ```ts
   * SagaModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ worker: config.getOrThrow('RUNS_SAGAS') === 'yes' }),
   * })
   * ```
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    checkAsyncOptions(options);
    return super.forRootAsync(options);
  }
}
