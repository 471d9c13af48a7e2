import type { SagaFailure } from '../errors/saga-failure.js';
import { freshBranches } from './branch-state.js';
import { failureOfCancel } from './describe-failure.js';
import type { CompensationDecided } from './journal-entry.js';
import type { MutableState } from './mutable-state.js';
import { addToUndo, endWait, madeProgress, nameNowhere } from './mutable-state.js';
import { mayAct } from './saga-state.js';

/** From here on the saga is undone: the point of no return. */
export function startCompensating(next: MutableState, failure: SagaFailure): void {
  madeProgress(next);
  // The current undo is now the first one, and its attempts continue to be counted.
  if (next.isUndoingFirst) endWait(next);
  else next.branches = freshBranches;
  next.isUndoingFirst = false;
  next.wait = undefined;
  next.direction = 'backward';
  next.failure = failure;
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
