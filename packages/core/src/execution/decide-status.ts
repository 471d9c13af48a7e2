import type { SagaDefinition } from '../definition/saga-definition.js';
import type {
  ActCompleted,
  ActFailed,
  CompensationFailed,
  EntryDraft,
  PathDecided,
  WaitEnded,
} from '../journal/journal-entry.js';
import { mayAct } from '../journal/saga-state.js';
import type { SagaState } from '../journal/saga-state.js';
import type { SagaPath } from '../journal/saga-path.js';
import { isTerminal, SagaStatus } from '../journal/saga-status.js';
import { statusOfBranches } from './status-of-branches.js';

/**
 * An entry with the status that results from it, if it changes the status. The process that writes the entry decides
 * this once, by its own definition. A later reader, whose definition may differ, finds the status in the entry. Pure.
 *
 * @param waitsForHandlers Whether the entry has events for handlers of this process: then it does not end the saga. By
 * default, all events are.
 */
export function withStatus<Draft extends EntryDraft>(
  definition: SagaDefinition,
  state: SagaState,
  draft: Draft,
  waitsForHandlers = 'events' in draft && draft.events !== undefined,
): Draft {
  const status = isTerminal(state.status)
    ? state.status
    : decideStatus(definition, state, draft, waitsForHandlers);
  return status === state.status ? draft : { ...draft, status };
}

function decideStatus(
  definition: SagaDefinition,
  state: SagaState,
  draft: EntryDraft,
  waitsForHandlers: boolean,
): SagaStatus {
  const ofBranches = statusOfBranches(definition, state, draft, waitsForHandlers);
  if (ofBranches !== undefined) return ofBranches;
  switch (draft.kind) {
    case 'act-completed':
      return afterAct(definition, state, draft, waitsForHandlers);
    case 'act-failed':
      return afterFailedAct(state, draft);
    case 'compensation-completed':
      return afterUndo(state, waitsForHandlers);
    case 'compensation-failed':
      return afterFailedUndo(state, draft);
    case 'compensation-decided':
      return turned(state.undo.length + draft.undo.length > 0);
    case 'claimed':
      return state.status === SagaStatus.Pending ? SagaStatus.Running : state.status;
    case 'cancel-requested':
      return state.status === SagaStatus.Stuck && state.direction === 'forward' && !state.isPastPivot
        ? SagaStatus.Running
        : state.status;
    case 'retry-requested':
      return goingOn(state);
    case 'step-resolved':
      return draft.outcome === 'not-done' && mayAct(state) ? SagaStatus.Compensating : goingOn(state);
    case 'stuck':
      return SagaStatus.Stuck;
    case 'wait-ended':
      return afterWait(definition, state, draft);
    case 'path-decided':
      return afterPath(definition, state, draft);
    case 'settled':
      return settled(definition, state);
    default:
      return state.status;
  }
}

function afterAct(
  definition: SagaDefinition,
  state: SagaState,
  { path, pivot }: ActCompleted,
  waitsForHandlers: boolean,
): SagaStatus {
  if (state.cancel !== undefined && pivot !== true) return SagaStatus.Compensating;
  const isLast = nextStage(state, path) >= definition.stages.length;
  // Events of the last step are delivered before the end is written: otherwise, a crash between the two would lose
  // them.
  return isLast && !waitsForHandlers ? SagaStatus.Completed : state.status;
}

function afterFailedAct(state: SagaState, { next, undo }: ActFailed): SagaStatus {
  if (next === 'halt') return SagaStatus.Stuck;
  return next === 'compensate' ? turned(state.undo.length > 0 || undo) : state.status;
}

function afterWait(definition: SagaDefinition, state: SagaState, { next, path }: WaitEnded): SagaStatus {
  if (next === 'halt') return SagaStatus.Stuck;
  if (next === 'compensate' || state.cancel !== undefined) return turned(state.undo.length > 0);
  return nextStage(state, path) >= definition.stages.length ? SagaStatus.Completed : state.status;
}

/** The index of the stage after an entry that ends the current one. */
function nextStage({ stage }: SagaState, path: SagaPath | undefined): number {
  return stage + 1 + (path?.skipped?.length ?? 0);
}

function afterPath(definition: SagaDefinition, state: SagaState, { path }: PathDecided): SagaStatus {
  const isLast = mayAct(state) && nextStage(state, path) > definition.stages.length;
  return isLast ? SagaStatus.Completed : state.status;
}

function afterUndo(state: SagaState, waitsForHandlers: boolean): SagaStatus {
  if (state.isUndoingFirst && state.cancel === undefined) return state.status;
  if (state.undo.length > 1 || waitsForHandlers) return SagaStatus.Compensating;
  return undone(state.givenUp.length === 0);
}

function afterFailedUndo(state: SagaState, { next }: CompensationFailed): SagaStatus {
  if (next === 'halt') return SagaStatus.Stuck;
  if (next === 'continue' && state.undo.length <= 1) return undone(false);
  return state.isUndoingFirst && state.cancel === undefined ? state.status : SagaStatus.Compensating;
}

function settled(definition: SagaDefinition, state: SagaState): SagaStatus {
  if (state.direction === 'backward')
    return state.undo.length === 0 ? undone(state.givenUp.length === 0) : state.status;
  return state.stage >= definition.stages.length ? SagaStatus.Completed : state.status;
}

function turned(isSomethingToUndo: boolean): SagaStatus {
  return isSomethingToUndo ? SagaStatus.Compensating : SagaStatus.Failed;
}

function undone(isEverything: boolean): SagaStatus {
  return isEverything ? SagaStatus.Failed : SagaStatus.Stuck;
}

function goingOn({ direction }: SagaState): SagaStatus {
  return direction === 'forward' ? SagaStatus.Running : SagaStatus.Compensating;
}
