import type { SagaDefinition } from '../definition/saga-definition.js';
import { isTerminal, SagaStatus } from './saga-status.js';
import type { Park } from './park.js';
import type { SagaHeader } from './saga-header.js';
import type { JournalEntry } from './journal-entry.js';
import type { SagaState } from './saga-state.js';
import { applyEntry } from './apply-entry.js';

/**
 * What a journal amounts to under the steps of today. Pure and total: it knows no clock and no I/O, takes any entries in
 * order of `seq`, and reports what does not fit the definition as `mismatch` instead of guessing.
 *
 * What the entries meant for the status was decided when they were written, by the steps of then, and the header has it:
 * steps that were added or taken out since neither open a saga that has ended nor end one that has not.
 *
 * @param definition The saga under which it runs.
 * @param header Its header, of the same moment as the journal.
 * @param entries The whole journal in order.
 */
export function foldJournal(
  definition: SagaDefinition,
  header: Pick<SagaHeader, 'context' | 'status' | 'failure' | 'stuck'> & Partial<Pick<SagaHeader, 'waiting'>>,
  entries: readonly JournalEntry[],
): SagaState {
  const isQueued = header.status === SagaStatus.Pending;
  let state = initialState(header.context, isQueued, isQueued ? parkOf(header) : undefined);
  for (const entry of entries) state = foldOn(definition, state, entry);
  return asRecorded(state, header);
}

/**
 * The state with the next entry of a whole journal. Nothing is ever written behind an end: an entry with another one
 * behind it did not end the saga.
 */
export function foldOn(definition: SagaDefinition, state: SagaState, entry: JournalEntry): SagaState {
  return applyEntry(definition, isTerminal(state.status) ? goingOn(state) : state, entry, entry.seq);
}

function goingOn(state: SagaState): SagaState {
  return { ...state, status: state.direction === 'forward' ? SagaStatus.Running : SagaStatus.Compensating };
}

function asRecorded(
  state: SagaState,
  { status, failure, stuck }: Pick<SagaHeader, 'status' | 'failure' | 'stuck'>,
): SagaState {
  if (state.mismatch === undefined) return state.status === status ? state : { ...state, status, stuck };
  // What was decided behind the entry that does not fit was not read: the header alone knows it.
  return { ...state, status, direction: failure === undefined ? 'forward' : 'backward', failure, stuck };
}

/** What a queued saga waits for from its start on, which no entry says. */
function parkOf({ waiting }: Partial<Pick<SagaHeader, 'waiting'>>): Park | undefined {
  return waiting && { ...waiting, dueInMs: undefined };
}

/** The state of a saga that nothing has happened to yet. */
export function initialState(context: string, isQueued = false, park?: Park): SagaState {
  return {
    status: isQueued ? SagaStatus.Pending : SagaStatus.Running,
    direction: 'forward',
    seq: 0,
    claimSeq: 0,
    context,
    stage: 0,
    begun: undefined,
    isUntouched: false,
    isAlternative: false,
    isUndoingFirst: false,
    primaryError: undefined,
    failedAttempts: 0,
    forgivenAttempts: 0,
    retryAt: undefined,
    retryDelayMs: 0,
    retryEndsAt: undefined,
    park,
    undo: [],
    givenUp: [],
    failure: undefined,
    stuck: undefined,
    cancel: undefined,
    recoveries: 0,
    isReleased: false,
    mismatch: undefined,
  };
}
