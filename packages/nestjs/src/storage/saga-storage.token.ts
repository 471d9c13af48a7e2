/**
 * The token of the storage that `SagaModule` was given. A test of an application puts memory in its place, and needs no
 * database then:
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
