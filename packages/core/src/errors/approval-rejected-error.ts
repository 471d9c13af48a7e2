import { SagaError } from './saga-error.js';

/** A person rejected an approval, so the saga is undone. */
export class ApprovalRejectedError extends SagaError {
  readonly code = 'SAGA_APPROVAL_REJECTED';

  constructor(
    readonly sagaId: string,
    /** The id of the approval. */
    readonly step: string,
    readonly actor: string,
    readonly note: string | undefined,
  ) {
    super(
      `"${step}" of saga ${sagaId} was rejected by ${actor}${note === undefined ? '' : ` (${note})`}, so the saga is undone.`,
    );
  }
}
