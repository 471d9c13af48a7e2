import { SagaError } from './saga-error.js';

/** A person rejected an approval, so the saga is undone. */
export class ApprovalRejectedError extends SagaError {
  readonly code = 'SAGA_APPROVAL_REJECTED';

  constructor(
    readonly sagaId: string,
    /** The id of the approval. */
    readonly step: string,
    /** The person, if the decision names one. */
    readonly actor: string | undefined,
    readonly note: string | undefined,
  ) {
    const by = actor === undefined ? '' : ` by ${actor}`;
    const why = note === undefined ? '' : ` (${note})`;
    super(`"${step}" of saga ${sagaId} was rejected${by}${why}, so the saga is undone.`);
  }
}
