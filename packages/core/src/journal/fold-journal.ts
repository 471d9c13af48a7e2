import type { SagaDefinition } from '../definition/saga-definition.js';
import { SagaStatus } from './saga-status.js';
import type { SagaHeader } from './saga-header.js';
import type { JournalEntry } from './journal-entry.js';
import type { SagaState } from './saga-state.js';
import { applyEntry } from './apply-entry.js';

/**
 * What a journal amounts to. Pure and total: it knows no clock and no I/O, takes any entries in order of `seq`, and
 * reports what does not fit the definition as `mismatch` instead of guessing.
 *
 * @param definition The saga under which it runs.
 * @param header Gives the context it was started with, and whether it was queued.
 * @param entries The whole journal in order.
 */
export function foldJournal(
  definition: SagaDefinition,
  header: Pick<SagaHeader, 'context' | 'status'>,
  entries: readonly JournalEntry[],
): SagaState {
  const isQueued = header.status === SagaStatus.Pending;
  return entries.reduce(
    (state, entry) => applyEntry(definition, state, entry, entry.seq),
    initialState(header.context, isQueued),
  );
}

/** The state of a saga that nothing has happened to yet. */
export function initialState(context: string, isQueued = false): SagaState {
  return {
    status: isQueued ? SagaStatus.Pending : SagaStatus.Running,
    direction: 'forward',
    seq: 0,
    claimSeq: 0,
    context,
    stage: 0,
    begun: undefined,
    isAlternative: false,
    primaryError: undefined,
    failedAttempts: 0,
    forgivenAttempts: 0,
    retryAt: undefined,
    retryDelayMs: 0,
    undo: [],
    givenUp: [],
    failure: undefined,
    stuck: undefined,
    cancel: undefined,
    recoveries: 0,
    isReleased: false,
    isEndDeferred: false,
    mismatch: undefined,
  };
}
