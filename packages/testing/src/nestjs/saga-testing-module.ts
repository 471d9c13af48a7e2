import type { TestingModuleBuilder } from '@nestjs/testing';
import type { SagaEngineOptions } from '@nest-saga/core/engine';
import { SAGA_STORAGE, SystemClock, UuidV7Generator } from '@nest-saga/nestjs';
import {
  BootstrapPhase,
  BootstrapPhaseModule,
  ProcessKeeper,
  SagaDefinitions,
  SagaEngines,
} from '@nest-saga/nestjs/testing-kit';
import { BenchKeeper } from './bench-keeper.js';
import { SagaTester } from './saga-tester.js';
import { TestBench } from './test-bench.js';

/** Options of {@link SagaTestingModule.override}. */
export interface SagaTestingOptions {
  /**
   * What `entityManagerOf(run)` gives to transactional steps: a double, or the manager of a database of the test. The tests
   * write and read it by themselves: a crash or a failure of a step does not roll it back. Without it a transactional step
   * gets an object without methods.
   */
  readonly entityManager?: object;
}

/** Prepares an application for tests of its sagas. */
export class SagaTestingModule {
  /**
   * Keeps the sagas of an application in memory, whatever storage it names, gives them a clock that only the test moves,
   * and an engine that can crash. Everything else is the application's own. Delays between attempts have no random part.
   *
   * The clock begins at the current time. A storage that the application names is neither created nor opened. The clock
   * also moves by itself while the application closes, so that the time limits of the shutdown apply.
   *
   * @param builder Of an application that imports `SagaModule`. Further providers of it can be overridden.
   * @returns The same builder. In the compiled module is a `SagaTester`.
   * @example
   * ```ts
   * const builder = Test.createTestingModule({ imports: [AppModule] });
   * const app = await SagaTestingModule.override(builder).compile();
   * await app.init();
   * const sagas = app.get(SagaTester);
   * ```
   */
  static override(builder: TestingModuleBuilder, options: SagaTestingOptions = {}): TestingModuleBuilder {
    const bench = new TestBench(options.entityManager);
    return builder
      .overrideModule(BootstrapPhaseModule)
      .useModule({
        module: SagaTestingModule,
        providers: [BootstrapPhase, { provide: SagaTester, useValue: new SagaTester(bench) }],
        exports: [BootstrapPhase],
      })
      .overrideProvider(SystemClock)
      .useValue(bench.clock)
      .overrideProvider(UuidV7Generator)
      .useValue(Object.assign(new UuidV7Generator(), { random: () => 0 }))
      .overrideProvider(SAGA_STORAGE)
      .useValue(bench.storage)
      .overrideProvider(ProcessKeeper)
      .useValue(new BenchKeeper(bench))
      .overrideProvider(SagaEngines)
      .useFactory({
        factory: (definitions: SagaDefinitions) => ({
          make: (options: SagaEngineOptions) => bench.makeEngine(options, definitions),
        }),
        inject: [SagaDefinitions],
      });
  }
}
