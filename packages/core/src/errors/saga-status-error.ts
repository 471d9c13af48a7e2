import { SagaError } from './saga-error.js';

/** What was asked cannot be done to a saga in this status. Nothing was changed. */
export class SagaStatusError extends SagaError {
  readonly code = 'SAGA_STATUS_REFUSED';

  /**
   * @param request What was asked, for example `cancel`.
   * @param status The status that refused it.
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
