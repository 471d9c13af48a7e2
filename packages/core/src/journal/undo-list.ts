import { branchOf, freshBranch, freshBranches } from './branch-state.js';
import type { BranchState } from './branch-state.js';
import type { CompensationFailed } from './journal-entry.js';
import { afterFailure, attemptFailed, madeProgress } from './mutable-state.js';
import type { MutableState } from './mutable-state.js';
import { isSettling } from './saga-state.js';
import type { SagaState, UndoItem } from './saga-state.js';

/** The steps that are undone first: the last ones in the list that belong to one stage. */
export function undoLayer({ undo }: Pick<SagaState, 'undo'>): readonly UndoItem[] {
  const stage = undo.at(-1)?.stage;
  return undo.slice(undo.findLastIndex((item) => item.stage !== stage) + 1);
}

/** An attempt of a compensation failed. */
export function undoFailed(next: MutableState, entry: CompensationFailed): void {
  const { step } = entry;
  const others = next.branches.filter((one) => one.step !== undefined && one.step !== step);
  if (others.length === 0 && undoLayer(next).length === 1) return attemptFailed(next, entry, undefined);
  madeProgress(next);
  const known = undoBranch(next, step);
  const failed = { ...known, ...afterFailure(known, entry, undefined) };
  next.branches = [...others, entry.next === 'halt' ? { ...failed, end: 'halted' } : failed];
}

/** The known attempts of a compensation of the layer. */
export function undoBranch(
  state: Pick<SagaState, 'branches' | 'undo' | 'direction'>,
  step: string,
): BranchState {
  const known = isSettling(state) ? undefined : state.branches.find((one) => one.step === step);
  if (known !== undefined) return known;
  const { failedAttempts = 0 } = state.undo.find((item) => item.step === step) ?? freshBranch;
  return failedAttempts === 0
    ? freshBranch
    : { ...freshBranch, step, failedAttempts, forgivenAttempts: failedAttempts };
}

/** Removes a compensation from the list: its step is undone, or the compensation was given up. */
export function leaveUndo(next: MutableState, step: string): void {
  madeProgress(next);
  const index = next.undo.findLastIndex((item) => item.step === step);
  next.undo = next.undo.toSpliced(index, 1);
  const others = next.branches.filter((one) => one.step !== undefined && one.step !== step);
  if (others.length === 0) restoreAttempts(next);
  else next.branches = others;
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

/** The undo list, with the failed attempts recorded at the steps that were tried. */
export function withAttempts({ undo, branches }: MutableState): readonly UndoItem[] {
  return undo.map((item) => {
    const branch = branches.find(({ step, failedAttempts }) => step === item.step && failedAttempts > 0);
    return branch === undefined ? item : { ...item, failedAttempts: branch.failedAttempts };
  });
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
