import { branchOf, freshBranch, freshBranches } from './branch-state.js';
import type { MutableState } from './mutable-state.js';
import { madeProgress } from './mutable-state.js';
import type { SagaState, UndoItem } from './saga-state.js';

/** The steps that are undone first: the last ones in the list that belong to one stage. */
export function undoLayer({ undo }: Pick<SagaState, 'undo'>): readonly UndoItem[] {
  const stage = undo.at(-1)?.stage;
  return undo.slice(undo.findLastIndex((item) => item.stage !== stage) + 1);
}

/** Removes the next compensation from the list: its step is undone, or the compensation was given up. */
export function leaveUndo(next: MutableState): void {
  madeProgress(next);
  next.undo = next.undo.slice(0, -1);
  restoreAttempts(next);
}

/** The primary is undone: its alternative may begin. */
export function undoneFirst(next: MutableState): void {
  madeProgress(next);
  next.undo = next.undo.slice(0, -1);
  next.isUndoingFirst = false;
  next.branches = [{ ...freshBranch, isAlternative: true, primaryError: branchOf(next).primaryError }];
}

/** The open undo list, with abandoned compensations at the end again: these steps completed last. */
export function openUndo(next: MutableState): readonly UndoItem[] {
  return [...withAttempts(next), ...next.givenUp.toReversed()];
}

/** The undo list, with the failed attempts recorded at the step that was tried last. */
export function withAttempts(next: MutableState): readonly UndoItem[] {
  const last = next.undo.at(-1);
  const { failedAttempts } = branchOf(next);
  if (last === undefined || failedAttempts === 0) return next.undo;
  return [...next.undo.slice(0, -1), { ...last, failedAttempts }];
}

/**
 * A compensation that was tried before others continues with the next attempt number; an operator forgave the earlier
 * ones.
 */
export function restoreAttempts(next: MutableState): void {
  const { step, failedAttempts = 0 } = next.undo.at(-1) ?? freshBranch;
  next.branches =
    failedAttempts === 0
      ? freshBranches
      : [{ ...freshBranch, step, failedAttempts, forgivenAttempts: failedAttempts }];
}
