import { SagaError } from '@nest-saga/core';

/** Sagas were used before all modules of the application were initialized. Nothing was read or stored. */
export class SagaModuleNotInitializedError extends SagaError {
  readonly code = 'SAGA_MODULE_NOT_INITIALIZED';

  constructor() {
    super(
      'The modules of the application are not all initialized yet. Use sagas from onApplicationBootstrap() on, not in ' +
        'constructors or onModuleInit(); in a test, call `await app.init()` first.',
    );
  }
}
