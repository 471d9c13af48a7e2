import { SagaStuckReason } from '../errors/saga-failure.js';
import { applyEntry } from './apply-entry.js';
import { freshBranches } from './branch-state.js';
import type { JournalEntry } from './journal-entry.js';
import type { Park } from './park.js';
import type { SagaHeader } from './saga-header.js';
import type { SagaState, UndoItem, UntakenSignal } from './saga-state.js';
import { SagaStatus } from './saga-status.js';

/**
 * What a journal amounts to. Pure and total: it knows no clock, no I/O and no definition, and takes any entries in order
 * of `seq`. Whether the steps of today fit is another question, which `fits` answers.
 *
 * @param header Its header, of the same moment as the journal.
 * @param entries The whole journal in order.
 */
export function foldJournal(
  header: Pick<SagaHeader, 'context' | 'status' | 'stuck'> & Partial<Pick<SagaHeader, 'waiting'>>,
  entries: readonly JournalEntry[],
): SagaState {
  const isQueued = header.status === SagaStatus.Pending;
  let state = initialState(header.context, isQueued, isQueued ? parkOf(header) : undefined);
  for (const entry of entries) state = applyEntry(state, entry);
  return isFull(header) ? { ...state, status: header.status, stuck: header.stuck } : state;
}

/** What a queued saga waits for from its start on, which no entry says. */
function parkOf({ waiting }: Partial<Pick<SagaHeader, 'waiting'>>): Park | undefined {
  return waiting && { ...waiting, dueInMs: undefined };
}

/** That no entry has a place any more is what no entry can say: the header alone does. */
function isFull({ stuck }: Pick<SagaHeader, 'stuck'>): boolean {
  return stuck?.reason === SagaStuckReason.JournalFull;
}

const nothing: readonly UndoItem[] = [];
const noSignals: readonly UntakenSignal[] = [];

/** The state of a saga that nothing has happened to yet. */
export function initialState(context: string, isQueued = false, park?: Park): SagaState {
  return {
    status: isQueued ? SagaStatus.Pending : SagaStatus.Running,
    direction: 'forward',
    seq: 0,
    claimSeq: 0,
    context,
    stage: 0,
    branches: freshBranches,
    isUntouched: false,
    isUndoingFirst: false,
    park,
    wait: undefined,
    signals: noSignals,
    named: nothing,
    undo: nothing,
    givenUp: nothing,
    failure: undefined,
    stuck: undefined,
    cancel: undefined,
    recoveries: 0,
    isReleased: false,
  };
}
