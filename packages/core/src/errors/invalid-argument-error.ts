import { SagaError } from './saga-error.js';

/** A public method refuses an argument; nothing was stored. */
export class InvalidArgumentError extends SagaError {
  readonly code = 'SAGA_INVALID_ARGUMENT';

  /**
   * @param argument The argument's name in the documentation of the method.
   * @param remedy The allowed values.
   */
  constructor(
    readonly argument: string,
    remedy: string,
  ) {
    super(`The argument "${argument}" was refused: ${remedy}.`);
  }
}
