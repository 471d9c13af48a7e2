import { SagaError } from '@nest-saga/core';

/** The application has no usable storage. It does not start. */
export class SagaStorageMissingError extends SagaError {
  readonly code = 'SAGA_STORAGE_MISSING';

  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(`${problem} ${remedy}`, options);
  }
}
