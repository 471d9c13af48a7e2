import { SagaStatusError } from '../errors/saga-status-error.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { RequestedSaga, SagaRequest } from './saga-request.js';

/**
 * A request of a person who saw the journal up to `seq`: it is refused if another person has acted since, because it was
 * decided without that knowledge. The steps of the saga itself may have gone on. Sent twice, it is written once.
 *
 * @param seq The `seq` of the last entry that the person saw; 0 if there was none.
 */
export function asSeen(request: SagaRequest, seq: number): SagaRequest {
  return {
    ...request,
    isWanted(saga) {
      const since = saga.entries.filter((entry) => entry.seq > seq && isByPerson(entry));
      if (since.some((entry) => entry.kind === request.draft.kind && request.isSame(entry))) return false;
      const [first] = since;
      if (first !== undefined) throw outdated(request, saga, first);
      return request.isWanted(saga);
    },
  };
}

function outdated(
  request: SagaRequest,
  { sagaId, state }: RequestedSaga,
  entry: JournalEntry,
): SagaStatusError {
  const actor = 'actor' in entry ? entry.actor : undefined;
  const who = actor === undefined ? 'Another person' : `"${actor}"`;
  return new SagaStatusError(
    sagaId,
    request.name,
    state.status,
    `${who} has acted since (${entry.kind}, entry ${entry.seq}). Look at it again before you act`,
  );
}

function isByPerson(entry: JournalEntry): boolean {
  switch (entry.kind) {
    case 'cancel-requested':
    case 'retry-requested':
    case 'step-resolved':
      return true;
    case 'signal-received':
      return entry.decision !== undefined;
    default:
      return false;
  }
}
