/**
 * The token of the storage of `SagaModule`. A test of an application can replace it by a storage in memory, and then
 * needs no database. `SagaTestingModule` of `@nest-saga/testing/nestjs` also replaces the clock.
 *
 * @example
 * ```ts
 * const app = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(SAGA_STORAGE)
 *   .useValue(new InMemorySagaStorage(new SystemClock()))
 *   .compile();
 * ```
 */
export const SAGA_STORAGE = Symbol.for('nest-saga.storage');
