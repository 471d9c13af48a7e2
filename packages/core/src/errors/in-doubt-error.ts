import { markKind } from '../identity/error-kind.js';
import { SagaError } from './saga-error.js';

/**
 * Throw it from `act` to say that its effect may be there, for example if a gateway answered 504. It is retried like any other
 * error; if the saga is undone, the step is undone too, and `run.outcome` says `unknown`.
 */
export class InDoubtError extends SagaError {
  static {
    markKind(this, 'SAGA_STEP_IN_DOUBT');
  }

  readonly code: string = 'SAGA_STEP_IN_DOUBT';
}
