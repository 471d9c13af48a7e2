import { claimed, released } from './apply-claim.js';
import { actCompleted, actFailed, compensationCompleted, compensationFailed } from './apply-attempt.js';
import { branchesAbandoned } from './apply-branch.js';
import {
  cancelRequested,
  markedStuck,
  retryRequested,
  signalReceived,
  stepResolved,
} from './apply-request.js';
import { parked, waitEnded } from './apply-wait.js';
import type { EntryDraft, JournalEntry } from './journal-entry.js';
import { copyOf, pathDecided } from './mutable-state.js';
import type { MutableState } from './mutable-state.js';
import type { SagaState } from './saga-state.js';
import { isTerminal } from './saga-status.js';
import { compensationDecided, deadlinePassed } from './start-compensating.js';

/**
 * The state after one more entry: the only code that defines the meaning of each entry. It does not need the
 * definition: the status that results from an entry was decided when it was written, and the entry carries it.
 */
export function applyEntry(state: SagaState, entry: EntryDraft | JournalEntry): SagaState {
  const next = copyOf(state);
  next.seq = state.seq + 1;
  if (isTerminal(state.status)) return next;
  change(next, entry);
  if (entry.status !== undefined) next.status = entry.status;
  return next;
}

function change(next: MutableState, entry: EntryDraft | JournalEntry): void {
  switch (entry.kind) {
    case 'act-completed':
      return actCompleted(next, entry);
    case 'act-failed':
      return actFailed(next, entry);
    case 'compensation-completed':
      return compensationCompleted(next, entry);
    case 'compensation-failed':
      return compensationFailed(next, entry);
    case 'claimed':
      return claimed(next, entry);
    case 'released':
      return released(next, entry);
    case 'cancel-requested':
      return cancelRequested(next, entry);
    case 'deadline-passed':
      return deadlinePassed(next);
    case 'compensation-decided':
      return compensationDecided(next, entry);
    case 'branches-abandoned':
      return branchesAbandoned(next, entry);
    case 'retry-requested':
      return retryRequested(next);
    case 'step-resolved':
      return stepResolved(next, entry);
    case 'stuck':
      return markedStuck(next, entry);
    case 'signal-received':
      return signalReceived(next, entry);
    case 'parked':
      return parked(next, entry);
    case 'wait-ended':
      return waitEnded(next, entry);
    case 'path-decided':
      return pathDecided(next, entry);
    case 'settled':
    case 'delivery-failed':
  }
}
