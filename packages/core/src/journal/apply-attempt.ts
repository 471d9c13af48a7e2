import { StepOutcome } from '../definition/step-run.js';
import { beginWait } from './apply-wait.js';
import {
  branchCompleted,
  branchesJoined,
  branchFailed,
  branchUndoFirstFailed,
  branchUndoneFirst,
  joinFailed,
} from './apply-branch.js';
import { branchOf, freshBranch, hasBranches } from './branch-state.js';
import { failureOfAct, failureOfCancel, stuckOfCompensation, stuckOfForward } from './describe-failure.js';
import type { ActCompleted, ActFailed, CompensationCompleted, CompensationFailed } from './journal-entry.js';
import {
  addToUndo,
  attemptFailed,
  madeProgress,
  nameAct,
  nameNowhere,
  nextStage,
  passPivot,
} from './mutable-state.js';
import type { MutableState } from './mutable-state.js';
import { isSettling, mayAct } from './saga-state.js';
import { applyCancelOfUndoFirst, beginUndo, startCompensating } from './start-compensating.js';
import { leaveUndo, undoFailed, undoLayer, undoneFirst, withAttempts } from './undo-list.js';

/** An act returned. */
export function actCompleted(next: MutableState, entry: ActCompleted): void {
  if (entry.branch !== undefined) return branchCompleted(next, entry);
  if (hasBranches(next)) return branchesJoined(next, entry);
  next.context = entry.context ?? next.context;
  if (!mayAct(next)) return nameNowhere(next, entry.step);
  madeProgress(next);
  if (entry.pivot === true) passPivot(next);
  if (next.isPastPivot) nameAct(next, entry.step);
  else addToUndo(next, entry.step, StepOutcome.Completed, entry.response);
  nextStage(next, entry);
  if (next.cancel !== undefined) startCompensating(next, failureOfCancel(next.cancel));
  else beginWait(next, entry);
}

/** An attempt of an act failed. */
export function actFailed(next: MutableState, entry: ActFailed): void {
  if (entry.branch !== undefined) return branchFailed(next, entry);
  if (hasBranches(next)) return joinFailed(next, entry);
  if (!mayAct(next)) return nameNowhere(next, entry.step);
  // A later attempt that failed, or that a breaker refused, does not remove the possible effect of an earlier one.
  const { priorOutcome = StepOutcome.Failed, primaryError } = branchOf(next);
  const outcome = entry.outcome === StepOutcome.Failed ? priorOutcome : entry.outcome;
  if (entry.next === 'retry' || entry.next === 'halt') {
    nameAct(next, entry.step);
    // An act that returned a value that cannot be stored, and is not undone, is called again: its effect is in doubt.
    attemptFailed(next, entry, outcome === StepOutcome.Failed ? outcome : StepOutcome.Unknown);
    if (entry.next === 'halt') next.stuck = stuckOfForward(entry.step, entry.error, entry.stuck);
    return;
  }
  madeProgress(next);
  if (entry.undo) addToUndo(next, entry.step, outcome, entry.response);
  else nameAct(next, entry.step);
  if (entry.next === 'compensate') {
    return startCompensating(next, failureOfAct(entry.step, entry.error, primaryError, next.cancel));
  }
  next.isUndoingFirst = entry.next === 'undo-first';
  next.branches = [{ ...freshBranch, isAlternative: !next.isUndoingFirst, primaryError: entry.error }];
}

/** A compensation returned. */
export function compensationCompleted(next: MutableState, entry: CompensationCompleted): void {
  if (entry.branch !== undefined) return branchUndoneFirst(next, entry);
  next.context = entry.context ?? next.context;
  if (!isNextUndo(next, entry.step)) return nameNowhere(next, entry.step);
  applyCancelOfUndoFirst(next);
  if (isSettling(next)) beginUndo(next);
  if (next.isUndoingFirst) undoneFirst(next);
  else leaveUndo(next, entry.step);
}

/** An attempt of a compensation failed. */
export function compensationFailed(next: MutableState, entry: CompensationFailed): void {
  if (entry.branch !== undefined) return branchUndoFirstFailed(next, entry);
  if (!isNextUndo(next, entry.step)) return nameNowhere(next, entry.step);
  applyCancelOfUndoFirst(next);
  if (isSettling(next)) beginUndo(next);
  undoFailed(next, entry);
  if (entry.next === 'retry') return;
  next.stuck ??= stuckOfCompensation(entry.step, entry.error);
  if (entry.next === 'halt') return;
  next.givenUp = [...next.givenUp, ...withAttempts(next).filter(({ step }) => step === entry.step)];
  leaveUndo(next, entry.step);
}

/** The last layer is undone first: only in a stage with branches, it has several compensations. */
function isNextUndo(next: MutableState, step: string): boolean {
  if (mayAct(next)) return false;
  return next.undo.at(-1)?.step === step || undoLayer(next).some((item) => item.step === step);
}
