import { SagaError } from './saga-error.js';

/** This person must not decide this approval. Nothing was changed. */
export class ApprovalForbiddenError extends SagaError {
  readonly code = 'SAGA_APPROVAL_FORBIDDEN';

  /** @param reason The reason, as the words after "because". */
  constructor(
    readonly sagaId: string,
    /** The id of the approval. */
    readonly step: string,
    readonly actor: string,
    reason: string,
  ) {
    super(`${actor} must not decide "${step}" of saga ${sagaId}, because ${reason}.`);
  }
}
