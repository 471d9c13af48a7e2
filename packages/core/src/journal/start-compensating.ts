import type { SagaFailure } from '../errors/saga-failure.js';
import { freshBranches, hasBranches } from './branch-state.js';
import { failureOfCancel } from './describe-failure.js';
import type { CompensationDecided } from './journal-entry.js';
import type { MutableState } from './mutable-state.js';
import { addToUndo, endWait, madeProgress, nameNowhere } from './mutable-state.js';
import { mayAct } from './saga-state.js';
import type { UndoItem } from './saga-state.js';

/** From here on the saga is undone: the point of no return. */
export function startCompensating(next: MutableState, failure: SagaFailure): void {
  turnBack(next, failure);
  // The current undo is now the first one, and its attempts continue to be counted.
  if (next.isUndoingFirst) endWait(next);
  else beginUndo(next);
  next.isUndoingFirst = false;
}

/** The same, but branches of the stage may still run. */
export function turnBack(next: MutableState, failure: SagaFailure): void {
  madeProgress(next);
  next.wait = undefined;
  next.stuck = undefined;
  next.direction = 'backward';
  next.failure = failure;
}

/** The first compensation may begin: nothing of the stage runs any more. */
export function beginUndo(next: MutableState): void {
  if (hasBranches(next)) next.undo = withAttemptsOfBranches(next);
  next.branches = freshBranches;
}

/** Primaries that were undone before their alternatives continue with the next attempt number. */
function withAttemptsOfBranches({ undo, branches }: MutableState): readonly UndoItem[] {
  return undo.map((item) => {
    const branch = branches.find(({ isUndoingFirst, step }) => isUndoingFirst && step === item.step);
    return branch === undefined ? item : { ...item, failedAttempts: branch.failedAttempts };
  });
}

/**
 * Applies a cancel that came while a primary was undone before its alternative: after that undo, the saga is
 * compensated.
 */
export function applyCancelOfUndoFirst(next: MutableState): void {
  if (next.isUndoingFirst && next.cancel !== undefined) startCompensating(next, failureOfCancel(next.cancel));
}

/** Its deadline passed while it went forward. */
export function deadlinePassed(next: MutableState): void {
  next.isOverdue = true;
  if (next.direction === 'forward' && !next.isPastPivot)
    next.cancel ??= { reason: 'the saga passed its deadline', isDeadline: true };
}

/** The owner decided to compensate after a cancel. */
export function compensationDecided(next: MutableState, entry: CompensationDecided): void {
  for (const { step, outcome } of entry.undo) {
    if (!mayAct(next)) return nameNowhere(next, step);
    addToUndo(next, step, outcome, undefined);
  }
  startCompensating(next, failureOfCancel(next.cancel));
}
