import { SagaError } from '@nest-saga/core';
import { isInstanceOf, sagaErrorCode } from '@nest-saga/core/engine';

/**
 * The type by which Nest selects the filter for an error: any error of the sagas, from any copy of the package. This
 * class has no instances.
 */
export abstract class ThrownSagaError {
  static [Symbol.hasInstance](thrown: unknown): boolean {
    return isInstanceOf(thrown, SagaError) || sagaErrorCode(thrown) !== undefined;
  }
}
