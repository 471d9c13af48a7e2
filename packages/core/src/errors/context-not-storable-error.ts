import { SagaError } from './saga-error.js';

/**
 * A context, a response or an event has a value that would not be the same after it is stored and read. Thrown before
 * anything is written.
 */
export class ContextNotStorableError extends SagaError {
  readonly code = 'SAGA_CONTEXT_NOT_STORABLE';

  /**
   * @param path The position of the value, for example `context.items[2].price`.
   * @param problem The reason.
   */
  constructor(
    readonly path: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(
      `${path} cannot be stored: ${problem}. Use JSON values and dates only, or give the saga its own codec.`,
      options,
    );
  }
}
