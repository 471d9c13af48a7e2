import { SagaError } from '@nest-saga/core';
import { isInstanceOf, sagaErrorCode } from '@nest-saga/core/engine';

/**
 * What Nest compares with an error to find its filter: an error of the sagas, whichever copy of the package threw it.
 * There is no instance of this class.
 */
export abstract class ThrownSagaError {
  static [Symbol.hasInstance](thrown: unknown): boolean {
    return isInstanceOf(thrown, SagaError) || sagaErrorCode(thrown) !== undefined;
  }
}
