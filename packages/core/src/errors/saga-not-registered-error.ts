import { SagaError } from './saga-error.js';

/** This process has no saga for what was asked: an unknown name or version, or a context class that names none or several. */
export class SagaNotRegisteredError extends SagaError {
  readonly code = 'SAGA_NOT_REGISTERED';

  /** @param asked What was looked for, in words. */
  constructor(
    readonly asked: string,
    readonly registered: readonly string[],
    remedy: string,
  ) {
    const known = registered.length === 0 ? 'none' : registered.join(', ');
    super(`No saga is registered for ${asked} (registered: ${known}). ${remedy}.`);
  }
}
