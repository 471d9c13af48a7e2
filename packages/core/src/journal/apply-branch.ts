import { StepOutcome } from '../definition/step-run.js';
import { beginWait } from './apply-wait.js';
import { branchOf, freshBranch, hasBranches, isOpenBranch } from './branch-state.js';
import type { BranchState } from './branch-state.js';
import {
  failureOfAct,
  failureOfCancel,
  failureOfResolution,
  stuckOfCompensation,
  stuckOfForward,
} from './describe-failure.js';
import type {
  ActCompleted,
  ActFailed,
  BranchesAbandoned,
  CompensationCompleted,
  CompensationFailed,
  StepResolved,
} from './journal-entry.js';
import { addToUndo, afterFailure, madeProgress, nameAct, nameNowhere, nextStage } from './mutable-state.js';
import type { MutableState } from './mutable-state.js';
import { isSettling } from './saga-state.js';
import { beginUndo, startCompensating, turnBack } from './start-compensating.js';
import { undoLayer } from './undo-list.js';

// The entries of a stage with branches. Each branch has the meaning that a stage of its own would have; the stage is
// done when all have completed, and undone when none is open any more.

/** An act of a branch returned. */
export function branchCompleted(next: MutableState, entry: ActCompleted): void {
  const branch = openBranch(next, entry);
  if (branch === undefined) return nameNowhere(next, entry.step);
  madeProgress(next);
  if (next.isPastPivot) nameAct(next, entry.step, branch);
  else addToUndo(next, entry.step, StepOutcome.Completed, entry.response, branch);
  const { isAlternative } = branch;
  replace(next, branch, { ...freshBranch, isAlternative, end: 'completed', response: entry.response });
  if (next.direction === 'backward') return settle(next);
  if (!next.branches.every(isCompleted)) return;
  next.context = entry.context ?? next.context;
  leaveStage(next, entry);
}

/** A person recorded that the last branch was done, and the results of all branches are in the context now. */
export function branchesJoined(next: MutableState, entry: ActCompleted): void {
  if (next.direction === 'backward' || !next.branches.every(isCompleted))
    return nameNowhere(next, entry.step);
  nameAct(next, entry.step, freshBranch);
  madeProgress(next);
  next.context = entry.context ?? next.context;
  leaveStage(next, entry);
}

/** The results of the branches cannot be joined, after a person recorded that the last one was done. */
export function joinFailed(next: MutableState, { step, error }: ActFailed): void {
  if (next.direction === 'backward' || !next.branches.every(isCompleted)) return nameNowhere(next, step);
  nameAct(next, step, freshBranch);
  startCompensating(next, failureOfAct(step, error, undefined, next.cancel));
}

/** An attempt of an act of a branch failed. */
export function branchFailed(next: MutableState, entry: ActFailed): void {
  const { step, response } = entry;
  const branch = openBranch(next, entry);
  if (branch === undefined) return nameNowhere(next, step);
  const { priorOutcome = StepOutcome.Failed, primaryError, isAlternative } = branch;
  const outcome = entry.outcome === StepOutcome.Failed ? priorOutcome : entry.outcome;
  madeProgress(next);
  if (entry.undo) addToUndo(next, step, outcome, response, branch);
  else nameAct(next, step, branch);
  switch (entry.next) {
    case 'retry':
    case 'halt': {
      // An act that returned a value that cannot be stored, and is not undone, is called again.
      const known = outcome === StepOutcome.Failed ? outcome : StepOutcome.Unknown;
      const after = { ...branch, ...afterFailure(branch, entry, known) };
      replace(next, branch, entry.next === 'halt' ? { ...after, end: 'halted' } : after);
      if (entry.next === 'halt') next.stuck ??= stuckOfForward(step, entry.error, entry.stuck);
      return;
    }
    case 'alternative':
      return replace(next, branch, { ...freshBranch, isAlternative: true, primaryError: entry.error });
    case 'undo-first':
      return replace(next, branch, { ...freshBranch, isUndoingFirst: true, primaryError: entry.error });
    case 'compensate':
      replace(next, branch, { ...freshBranch, isAlternative, end: 'failed' });
      if (next.direction === 'forward')
        turnBack(next, failureOfAct(step, entry.error, primaryError, next.cancel));
      settle(next);
  }
}

/** The primary of a branch was undone before its alternative. */
export function branchUndoneFirst(next: MutableState, { branch: id, step }: CompensationCompleted): void {
  const branch = next.branches.find((one) => one.branch === id);
  if (branch?.isUndoingFirst !== true || !isOpenBranch(branch)) return nameNowhere(next, step);
  madeProgress(next);
  undoneFirst(next, branch, step);
  if (next.direction === 'backward') settle(next);
}

/** An attempt to undo the primary of a branch before its alternative failed. */
export function branchUndoFirstFailed(next: MutableState, entry: CompensationFailed): void {
  const { branch: id, step } = entry;
  const branch = next.branches.find((one) => one.branch === id);
  if (branch?.isUndoingFirst !== true || !isOpenBranch(branch)) return nameNowhere(next, step);
  madeProgress(next);
  const isLast = entry.next !== 'retry';
  const after = { ...branch, ...afterFailure(branch, entry, undefined) };
  // Once the saga is undone, this undo is one of many, and is tried again in its turn.
  const isToBeUndone = next.direction === 'backward' || next.cancel !== undefined;
  replace(next, branch, isLast ? { ...after, end: isToBeUndone ? 'failed' : 'halted' } : after);
  if (isLast && !isToBeUndone) next.stuck ??= stuckOfCompensation(step, entry.error);
  if (next.direction === 'backward') settle(next);
}

/** No branch runs any more: the undo begins. */
export function branchesAbandoned(next: MutableState, entry: BranchesAbandoned): void {
  const [first = ''] = entry.steps;
  if (!isSettling(next)) return nameNowhere(next, first);
  madeProgress(next);
  for (const { step, outcome } of entry.undo) addToUndo(next, step, outcome, undefined, freshBranch);
  for (const step of entry.steps) nameAct(next, step, freshBranch);
  beginUndo(next);
}

/** An operator resolved a branch. */
export function branchResolved(next: MutableState, entry: StepResolved): void {
  const { step } = entry;
  const branch = namedBranch(next, entry);
  if (branch === undefined || next.direction === 'backward' || branch.end === 'completed')
    return nameNowhere(next, step);
  madeProgress(next);
  if (branch.isUndoingFirst) return undoneFirst(next, branch, step);
  const { isAlternative } = branch;
  if (entry.outcome === 'not-done') {
    nameAct(next, step, branch);
    replace(next, branch, { ...freshBranch, isAlternative, end: 'failed' });
    turnBack(next, failureOfResolution(entry, branch.primaryError, next.cancel));
    settle(next);
  } else {
    if (next.isPastPivot) nameAct(next, step, branch);
    else addToUndo(next, step, StepOutcome.Completed, undefined, branch);
    replace(next, branch, { ...freshBranch, isAlternative, end: 'completed' });
  }
}

/** The branch that an entry names, whether it is open or not. The first such entry of a stage names all its branches. */
export function namedBranch(
  next: MutableState,
  { branch: id, branches }: Pick<ActCompleted, 'branch' | 'branches'>,
): BranchState | undefined {
  if (id !== undefined) nameBranches(next, branches ?? [id]);
  return id === undefined ? undefined : next.branches.find((one) => one.branch === id);
}

/** Names the branches of the stage, unless the journal has named them before. */
function nameBranches(next: MutableState, ids: readonly string[]): void {
  if (hasBranches(next)) return;
  const { priorOutcome } = branchOf(next);
  next.branches = ids.map((branch) => ({ ...freshBranch, branch, priorOutcome }));
}

function openBranch(next: MutableState, entry: ActCompleted | ActFailed): BranchState | undefined {
  if (next.direction === 'backward' && !isSettling(next)) return undefined;
  const branch = namedBranch(next, entry);
  return branch !== undefined && isOpenBranch(branch) && !branch.isUndoingFirst ? branch : undefined;
}

function undoneFirst(next: MutableState, branch: BranchState, step: string): void {
  const { stage } = next;
  next.undo = next.undo.filter((item) => item.stage !== stage || item.step !== step);
  const { primaryError } = branch;
  const end = next.direction === 'backward' ? 'failed' : undefined;
  replace(next, branch, { ...freshBranch, isAlternative: true, primaryError, end });
}

function replace(next: MutableState, { branch }: BranchState, after: BranchState): void {
  next.branches = next.branches.map((one) => (one.branch === branch ? { ...after, branch } : one));
}

function isCompleted({ end }: BranchState): boolean {
  return end === 'completed';
}

function leaveStage(next: MutableState, entry: ActCompleted): void {
  nextStage(next, entry);
  if (next.cancel !== undefined) startCompensating(next, failureOfCancel(next.cancel));
  else beginWait(next, entry);
}

/** If no branch is open any more, the undo begins. */
function settle(next: MutableState): void {
  if (!next.branches.some(isOpenBranch)) beginUndo(next);
}

/** Whether every compensation that is left of the layer has been halted. */
export function isHalted(state: Pick<MutableState, 'branches' | 'undo'>): boolean {
  const layer = undoLayer(state);
  return layer.every(({ step }) => state.branches.some((one) => one.step === step && one.end === 'halted'));
}
