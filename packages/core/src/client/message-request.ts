import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import type { SagaMessage } from '../ports/saga-storage.js';
import { cancelRequest } from './cancel-request.js';
import type { SagaRequest } from './saga-request.js';
import { deliveredSignal } from './signal-request.js';

/**
 * The request that a message makes. A message may be delivered again, so each of these requests recognises its own entry in
 * the journal, by the id of the message if by nothing else.
 *
 * @throws InvalidArgumentError for an entry that no message has.
 */
export function messageRequest({ id, entry }: SagaMessage): SagaRequest {
  switch (entry.kind) {
    case 'signal-received':
      return deliveredSignal(id, entry);
    case 'cancel-requested':
      return cancelRequest(entry.reason, entry.actor);
    default:
      throw new InvalidArgumentError('message', `no message has the entry "${entry.kind}"`);
  }
}
