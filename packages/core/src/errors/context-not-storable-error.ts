import { SagaError } from './saga-error.js';

/**
 * A context, a response or an event holds a value that would not come back from the journal as it went in.
 * Thrown before anything is written.
 */
export class ContextNotStorableError extends SagaError {
  readonly code = 'SAGA_CONTEXT_NOT_STORABLE';

  /**
   * @param path Where the value is, for example `context.items[2].price`.
   * @param problem What is wrong with it.
   */
  constructor(
    readonly path: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(
      `${path} cannot be stored: ${problem}. Keep to JSON values and dates, or give the saga a codec of its own.`,
      options,
    );
  }
}
