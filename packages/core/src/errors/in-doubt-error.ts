import { markKind } from '../identity/error-kind.js';
import { SagaError } from './saga-error.js';

/**
 * Throw it from `act` if its effect may be there, for example after the answer 504 of a gateway. It is retried like any
 * other error; if the saga is undone, the step is undone too, with `run.outcome` `unknown`.
 */
export class InDoubtError extends SagaError {
  static {
    markKind(this, 'SAGA_STEP_IN_DOUBT');
  }

  readonly code: string = 'SAGA_STEP_IN_DOUBT';
}
