import { SagaStuckReason } from '../errors/saga-failure.js';
import { applyEntry } from './apply-entry.js';
import { freshBranches } from './branch-state.js';
import { deadlineOf } from './deadline.js';
import type { SagaDeadline } from './deadline.js';
import type { JournalEntry } from './journal-entry.js';
import { copyOf, takePath } from './mutable-state.js';
import type { Park } from './park.js';
import type { SagaHeader } from './saga-header.js';
import { noDecisions } from './saga-path.js';
import type { SagaPath } from './saga-path.js';
import type { SagaState, UndoItem, UntakenSignal } from './saga-state.js';
import { SagaStatus } from './saga-status.js';

/**
 * The state that results from a journal. Pure and total: it has no clock, no I/O and no definition, and takes any
 * entries in order of `seq`. `fits` decides whether the state fits a definition.
 *
 * @param header The header, as of the same moment as the journal.
 * @param entries The whole journal in order.
 */
export function foldJournal(
  header: Pick<SagaHeader, 'context' | 'status' | 'stuck'> &
    Partial<Pick<SagaHeader, 'waiting' | 'deadlineAt' | 'createdAt' | 'path'>>,
  entries: readonly JournalEntry[],
): SagaState {
  const isQueued = header.status === SagaStatus.Pending;
  const park = isQueued ? parkOf(header) : undefined;
  let state = initialState(header.context, isQueued, park, deadlineOf(header), header.path);
  for (const entry of entries) state = applyEntry(state, entry);
  return isFull(header) ? { ...state, status: header.status, stuck: header.stuck } : state;
}

/** The park with which a queued saga was started: no entry has it. */
function parkOf({ waiting }: Partial<Pick<SagaHeader, 'waiting'>>): Park | undefined {
  return waiting && { ...waiting, dueInMs: undefined };
}

/**
 * Whether the journal has its maximum number of entries. Only the header can show this, because no further entry fits.
 */
function isFull({ stuck }: Pick<SagaHeader, 'stuck'>): boolean {
  return stuck?.reason === SagaStuckReason.JournalFull;
}

const nothing: readonly UndoItem[] = [];
const noSignals: readonly UntakenSignal[] = [];

/** The state of a saga before its first entry. */
export function initialState(
  context: string,
  isQueued = false,
  park?: Park,
  deadline?: SagaDeadline,
  path?: SagaPath,
): SagaState {
  const state: SagaState = {
    status: isQueued ? SagaStatus.Pending : SagaStatus.Running,
    direction: 'forward',
    seq: 0,
    claimSeq: 0,
    context,
    stage: 0,
    decisions: noDecisions,
    branches: freshBranches,
    isUntouched: false,
    isUndoingFirst: false,
    park,
    wait: undefined,
    signals: noSignals,
    named: nothing,
    isPastPivot: false,
    isCancelLate: false,
    undo: nothing,
    givenUp: nothing,
    failure: undefined,
    stuck: undefined,
    cancel: undefined,
    deadline,
    isOverdue: false,
    recoveries: 0,
    isReleased: false,
  };
  if (path === undefined) return state;
  const taken = copyOf(state);
  takePath(taken, path);
  return taken;
}
