import { SagaError } from './saga-error.js';

/**
 * This process has no matching saga: the name or version is unknown, or the context class belongs to no saga or to
 * several.
 */
export class SagaNotRegisteredError extends SagaError {
  readonly code = 'SAGA_NOT_REGISTERED';

  /** @param asked A description of the requested saga. */
  constructor(
    readonly asked: string,
    readonly registered: readonly string[],
    remedy: string,
  ) {
    const known = registered.length === 0 ? 'none' : registered.join(', ');
    super(`No saga is registered for ${asked} (registered: ${known}). ${remedy}.`);
  }
}
