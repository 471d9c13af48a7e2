import { SagaError } from './saga-error.js';

/** The status of the saga does not allow this request. Nothing was changed. */
export class SagaStatusError extends SagaError {
  readonly code = 'SAGA_STATUS_REFUSED';

  /**
   * @param request The request, for example `cancel`.
   * @param status The status that does not allow it.
   */
  constructor(
    readonly sagaId: string,
    readonly request: string,
    readonly status: string,
    remedy: string,
  ) {
    super(`Saga ${sagaId} is ${status}, so "${request}" was refused. ${remedy}.`);
  }
}
