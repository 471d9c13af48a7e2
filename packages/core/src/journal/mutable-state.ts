import { StepOutcome } from '../definition/step-run.js';
import { branchOf, changedBranches, freshBranch, freshBranches } from './branch-state.js';
import type { BranchState } from './branch-state.js';
import type { ActFailed, CompensationFailed, PathDecided } from './journal-entry.js';
import { itemId } from '../definition/item-step.js';
import { isItems } from './guards.js';
import { retryEndsAt } from './retry-wait.js';
import { failureOfReversal } from './describe-failure.js';
import type { PathStart, Reversal, SagaPath } from './saga-path.js';
import type { NamedStep, SagaState } from './saga-state.js';
import { SagaStatus } from './saga-status.js';
import { mayAct, nowhere } from './saga-state.js';

/** A new copy of a state that is being changed: no other code has it yet. */
export type MutableState = { -readonly [Field in keyof SagaState]: SagaState[Field] };

/** A copy of a state. */
// hot path: every entry of every saga makes one, and a spread of all these fields takes several times as long.
export function copyOf(state: SagaState): MutableState {
  return {
    status: state.status,
    direction: state.direction,
    seq: state.seq,
    claimSeq: state.claimSeq,
    context: state.context,
    stage: state.stage,
    decisions: state.decisions,
    branches: state.branches,
    isUntouched: state.isUntouched,
    isUndoingFirst: state.isUndoingFirst,
    park: state.park,
    wait: state.wait,
    signals: state.signals,
    named: state.named,
    isPastPivot: state.isPastPivot,
    isCancelLate: state.isCancelLate,
    undo: state.undo,
    givenUp: state.givenUp,
    failure: state.failure,
    stuck: state.stuck,
    cancel: state.cancel,
    deadline: state.deadline,
    isOverdue: state.isOverdue,
    recoveries: state.recoveries,
    isReleased: state.isReleased,
  };
}

/** The saga made progress: the count of recoveries begins again. */
export function madeProgress(next: MutableState): void {
  next.recoveries = 0;
  next.isReleased = false;
}

/** An attempt failed, and the same act or compensation may be tried again. */
export function attemptFailed(
  next: MutableState,
  entry: ActFailed | CompensationFailed,
  priorOutcome: BranchState['priorOutcome'],
): void {
  next.branches = changedBranches(next, afterFailure(branchOf(next), entry, priorOutcome));
  next.park = entry.park;
  madeProgress(next);
}

/** The changes to a branch after a failed attempt. */
export function afterFailure(
  branch: BranchState,
  entry: ActFailed | CompensationFailed,
  priorOutcome: BranchState['priorOutcome'],
): Partial<BranchState> {
  const { step, attempt: failedAttempts, retryAt, finishedAt } = entry;
  const retryDelayMs = retryAt === undefined ? 0 : retryAt.getTime() - finishedAt.getTime();
  const doubtfulAttempts = priorOutcome === StepOutcome.Unknown ? branch.doubtfulAttempts + 1 : 0;
  const retry = { retryAt, retryDelayMs, retryEndsAt: retryEndsAt(entry) };
  return { step, priorOutcome, failedAttempts, doubtfulAttempts, ...retry };
}

/** The wait is over: from here on a step may run, which a later claim takes into account. */
export function endWait(next: MutableState): void {
  const { retryAt, retryEndsAt: endsAt } = branchOf(next);
  if (retryAt === undefined && endsAt === undefined) return;
  next.branches = changedBranches(next, { retryAt: undefined, retryEndsAt: undefined });
}

/** The stage is done. */
export function nextStage(next: MutableState, { path }: PathStart): void {
  next.stage++;
  next.branches = freshBranches;
  if (path !== undefined) takePath(next, path);
}

/** Decided by an owner that found no decision: the act of the stage cannot have begun before. */
export function pathDecided(next: MutableState, { path }: PathDecided): void {
  if (!mayAct(next)) return;
  next.branches = freshBranches;
  takePath(next, path);
}

/** Takes the path to the next stage. Skipped stages are named, so that a changed definition is found out. */
export function takePath(next: MutableState, { skipped, decisions, reversal }: SagaPath): void {
  if (reversal !== undefined) startReversal(next, reversal);
  if (decisions !== undefined) next.decisions = { ...next.decisions, ...decisions };
  for (const step of skipped ?? []) {
    nameAct(next, step);
    next.stage++;
  }
  const items = Object.values(decisions ?? {}).find((one) => isItems(one) && one.keys.length > 0);
  // The decision of items is the last one of a path: it leads to their stage.
  if (isItems(items))
    next.branches = items.keys.map((key) => ({ ...freshBranch, branch: itemId(items.step, key) }));
}

/** A saga that undoes another one is past the decision to undo from its beginning, and no owner of it has died yet. */
function startReversal(next: MutableState, reversal: Reversal): void {
  next.status = SagaStatus.Compensating;
  next.direction = 'backward';
  next.failure = failureOfReversal(reversal);
  next.undo = reversal.undo.map((item) => ({ ...item, response: item.response }));
  next.named = next.undo;
  next.isReleased = true;
}

/** Adds the next act to the undo list, because its effect is there or may be there. */
export function addToUndo(
  next: MutableState,
  step: string,
  outcome: StepOutcome,
  response: string | undefined,
  { isAlternative } = branchOf(next),
): void {
  const { stage, undo, named } = next;
  const item = { step, stage, isAlternative, outcome, response };
  next.undo = [...undo, item];
  if (named === undo) next.named = next.undo;
  else nameStep(next, item);
}

/**
 * An act after which nothing is undone has its effect: the saga has nothing to undo any more, and a cancel that it has
 * not met is void.
 */
export function passPivot(next: MutableState): void {
  next.isPastPivot = true;
  next.isCancelLate ||= next.cancel !== undefined && next.cancel.isDeadline !== true;
  next.cancel = undefined;
  next.undo = [];
}

/** Names the step of the next act, because the journal has an attempt of it. */
export function nameAct(next: MutableState, step: string, { isAlternative } = branchOf(next)): void {
  nameStep(next, { step, stage: next.stage, isAlternative });
}

/** Names a step at a point where no engine would have written it. */
export function nameNowhere(next: MutableState, step: string): void {
  nameStep(next, { step, stage: nowhere, isAlternative: false });
}

function nameStep(next: MutableState, named: NamedStep): void {
  const last = next.named.at(-1);
  const isLast =
    last?.step === named.step && last.stage === named.stage && last.isAlternative === named.isAlternative;
  if (!isLast) next.named = [...next.named, named];
}
