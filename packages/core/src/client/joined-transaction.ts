import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import type { SagaHeading } from '../journal/saga-header.js';
import type { MessageTarget, NewSaga, SagaMessage, SagaStorage, StartResult } from '../ports/saga-storage.js';

/** A transaction of the caller, of which starts and messages become a part. */
export interface JoinedTransaction {
  /** Resolves at its end, with true if it is known to be committed. */
  readonly end: Promise<boolean>;
  start(saga: NewSaga): Promise<StartResult>;
  find(target: MessageTarget): Promise<SagaHeading | undefined>;
  tell(message: SagaMessage): Promise<void>;
}

/**
 * Takes part in a transaction that the caller began.
 *
 * @param method The method of the caller, for the error.
 * @throws InvalidArgumentError if the storage cannot, or the handle has no open transaction.
 */
export function joinTransaction(storage: SagaStorage, method: string, handle: unknown): JoinedTransaction {
  const { startIn, findIn, tellIn, transactionEnd } = storage;
  if (startIn === undefined || findIn === undefined || tellIn === undefined || transactionEnd === undefined)
    throw new InvalidArgumentError(
      'manager',
      `${method}() needs a storage that can take part in a transaction, such as typeOrmSagaStorage()`,
    );
  return {
    end: transactionEnd.call(storage, handle),
    start: (saga) => startIn.call(storage, handle, saga),
    find: (target) => findIn.call(storage, handle, target),
    tell: (message) => tellIn.call(storage, handle, message),
  };
}
