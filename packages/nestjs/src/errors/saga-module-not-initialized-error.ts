import { SagaError } from '@nest-saga/core';

/** A saga was asked for before the module had looked at the application's sagas. Nothing was stored. */
export class SagaModuleNotInitializedError extends SagaError {
  readonly code = 'SAGA_MODULE_NOT_INITIALIZED';

  constructor() {
    super(
      'The SagaModule is not initialized yet. Use sagas from onApplicationBootstrap() on, not in constructors or ' +
        'onModuleInit(); in a test, call `await app.init()` first.',
    );
  }
}
