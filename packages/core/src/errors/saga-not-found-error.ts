import { SagaError } from './saga-error.js';

/** The storage has no saga with this id. */
export class SagaNotFoundError extends SagaError {
  readonly code = 'SAGA_NOT_FOUND';

  constructor(readonly sagaId: string) {
    super(
      `No saga ${sagaId} is in the journal. Check the id, and that this process uses the storage that the saga was started in.`,
    );
  }
}
