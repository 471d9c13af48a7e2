import { SagaError } from './saga-error.js';

/**
 * The known outcome of a write without an answer:
 * - `not-written`: it did not happen; trying again is safe.
 * - `unknown`: it may have happened; read the journal before deciding anything.
 * - `refused`: the storage will never accept it; trying again is useless.
 */
export type WriteOutcome = 'not-written' | 'unknown' | 'refused';

/** The storage could not be reached, did not answer, or refused a call. Never a reason to undo a saga. */
export class SagaStorageError extends SagaError {
  readonly code = 'SAGA_STORAGE_FAILED';

  /** @param operation The call: a method of the storage's port, or a request (`cancel`, `retry`, `resolveStep`). */
  constructor(
    readonly operation: string,
    readonly outcome: WriteOutcome,
    options?: ErrorOptions,
  ) {
    super(`The saga storage failed at "${operation}": ${meaningOf(operation)[outcome]}.`, options);
  }
}

type Meanings = Readonly<Record<WriteOutcome, string>>;

const reads: ReadonlySet<string> = new Set([
  'find',
  'findByKey',
  'load',
  'readNews',
  'readOutlines',
  'list',
  'summarize',
  'listOwned',
  'check',
]);

const requests: ReadonlySet<string> = new Set(['cancel', 'retry', 'resolveStep', 'signal', 'decide']);

function meaningOf(operation: string): Meanings {
  if (reads.has(operation)) return meaningsOfReads;
  if (requests.has(operation)) return meaningsOfRequests;
  return operation === 'start' ? meaningsOfStarts : meaningsOfWrites;
}

const meaningsOfReads: Meanings = {
  'not-written': 'nothing was read',
  unknown: 'no answer came',
  refused: 'what is stored cannot be read',
};

const meaningsOfRequests: Meanings = {
  'not-written': 'the request was tried for a while and not written; ask again',
  unknown: 'it is not known whether the request was written; look at the saga, or ask again',
  refused: 'the storage refused the request for good',
};

const meaningsOfStarts: Meanings = {
  'not-written': 'no saga was stored; start it again',
  unknown: 'it is not known whether the saga was stored; start it again with the same id or key',
  refused: 'the storage refused the saga for good',
};

const meaningsOfWrites: Meanings = {
  'not-written': 'nothing was written; it is tried again',
  unknown: 'it is not known whether it was written; the journal is read back',
  refused: 'the storage refused it for good',
};
