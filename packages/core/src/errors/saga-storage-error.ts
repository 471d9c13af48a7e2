import { SagaError } from './saga-error.js';

/**
 * What is known about a write that did not answer:
 * - `not-written`: it did not happen; trying again is safe.
 * - `unknown`: it may have happened; read the journal back before deciding anything.
 * - `refused`: the storage will never take it; trying again is useless.
 */
export type WriteOutcome = 'not-written' | 'unknown' | 'refused';

/** The storage could not be reached or did not answer. Never a reason to undo a saga. */
export class SagaStorageError extends SagaError {
  readonly code = 'SAGA_STORAGE_FAILED';

  constructor(
    readonly operation: string,
    readonly outcome: WriteOutcome,
    options?: ErrorOptions,
  ) {
    const meaning = {
      'not-written': 'nothing was written; it is tried again',
      unknown: 'it is not known whether it was written; the journal is read back',
      refused: 'the storage refused it for good',
    }[outcome];
    super(`The saga storage failed at "${operation}": ${meaning}.`, options);
  }
}
