import { SagaError } from './saga-error.js';

/** An argument of a public method is not what it takes; nothing was stored. */
export class InvalidArgumentError extends SagaError {
  readonly code = 'SAGA_INVALID_ARGUMENT';

  /**
   * @param argument The argument's name, as the method documents it.
   * @param remedy What it takes instead.
   */
  constructor(
    readonly argument: string,
    remedy: string,
  ) {
    super(`The argument "${argument}" was refused: ${remedy}.`);
  }
}
