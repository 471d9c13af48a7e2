import { StepOutcome } from '../definition/step-run.js';
import { SagaStuckReason } from '../errors/saga-failure.js';
import { branchResolved, namedBranch } from './apply-branch.js';
import { putInDoubt } from './apply-claim.js';
import { branchOf, changedBranches } from './branch-state.js';
import { withoutFailed } from './guards.js';
import { failureOfResolution } from './describe-failure.js';
import type {
  CancelRequested,
  EntryDraft,
  MarkedStuck,
  SignalReceived,
  StepResolved,
} from './journal-entry.js';
import type { MutableState } from './mutable-state.js';
import { addToUndo, madeProgress, nameAct, nameNowhere, nextStage, passPivot } from './mutable-state.js';
import { mayAct } from './saga-state.js';
import { SagaStatus } from './saga-status.js';
import { startCompensating } from './start-compensating.js';
import { openUndo, restoreAttempts, undoneFirst } from './undo-list.js';

/** A caller asked for the saga to be cancelled. */
export function cancelRequested(
  next: MutableState,
  { reason, status }: CancelRequested & Pick<EntryDraft, 'status'>,
): void {
  if (next.direction === 'backward') return;
  if (next.isPastPivot) {
    next.isCancelLate = true;
    return;
  }
  next.cancel ??= { reason };
  wake(next);
  if (next.status === SagaStatus.Stuck && status !== undefined) resume(next);
}

/** A signal came. A signal that comes too late has no effect. */
export function signalReceived(next: MutableState, entry: SignalReceived): void {
  if (next.direction === 'backward') return;
  const { name, payload, actor, note, decision } = entry;
  const optional = {
    ...(payload === undefined ? {} : { payload }),
    ...(actor === undefined ? {} : { actor }),
    ...(note === undefined ? {} : { note }),
    ...(decision === undefined ? {} : { decision }),
  };
  next.signals = [...next.signals, { seq: next.seq, name, ...optional }];
  if (entry.wakes === true) wake(next);
}

/** An operator resumed the saga at the step at which it got stuck. */
export function retryRequested(next: MutableState): void {
  if (next.givenUp.length > 0) {
    next.undo = openUndo(next);
    next.givenUp = [];
    restoreAttempts(next);
  }
  next.decisions = withoutFailed(next.decisions);
  next.branches = next.branches.map((branch) => {
    const { failedAttempts: forgivenAttempts, end } = branch;
    const isResumed = { retryAt: undefined, retryEndsAt: undefined, end: end === 'halted' ? undefined : end };
    return { ...branch, forgivenAttempts, doubtfulAttempts: 0, ...isResumed };
  });
  resume(next);
}

/** An operator resolved the step at which the saga is stuck. */
export function stepResolved(next: MutableState, entry: StepResolved): void {
  if (entry.branch !== undefined) branchResolved(next, entry);
  else if (next.isUndoingFirst) {
    if (next.undo.at(-1)?.step !== entry.step) return nameNowhere(next, entry.step);
    undoneFirst(next);
  } else if (entry.outcome === 'not-done') {
    if (!mayAct(next)) return nameNowhere(next, entry.step);
    nameAct(next, entry.step);
    startCompensating(next, failureOfResolution(entry, branchOf(next).primaryError, next.cancel));
  } else if (next.direction === 'forward') {
    if (entry.pivot === true) passPivot(next);
    if (next.isPastPivot) nameAct(next, entry.step);
    else addToUndo(next, entry.step, StepOutcome.Completed, undefined);
    nextStage(next, {});
    madeProgress(next);
  } else {
    next.undo = openUndo(next).filter((item) => item.step !== entry.step);
    next.givenUp = [];
    madeProgress(next);
    restoreAttempts(next);
  }
  resume(next);
}

/** The saga cannot continue by itself. */
export function markedStuck(next: MutableState, entry: MarkedStuck): void {
  const { reason, message, step } = entry;
  next.stuck = { reason, message, ...(step === undefined ? {} : { step }) };
  // The act was called, and its result is not recorded anywhere.
  if (reason !== SagaStuckReason.EntryRefused || !mayAct(next)) return;
  if (entry.branch === undefined)
    next.branches = changedBranches(next, { priorOutcome: StepOutcome.Unknown });
  else if (namedBranch(next, entry) !== undefined) putInDoubt(next, [entry.branch]);
}

/** A request came for a parked saga: it is claimed at once, and the claim still shows that nothing of it ran. */
function wake(next: MutableState): void {
  if (next.park !== undefined) next.park = { for: next.park.for, name: next.park.name, dueInMs: 0 };
}

/** An operator resumed the saga: the claim that follows is not a recovery from a crash. */
function resume(next: MutableState): void {
  next.stuck = undefined;
  next.recoveries = 0;
  next.isReleased = true;
  // No act ran when the saga got STUCK, so only acts that earlier claims put in doubt are in doubt.
  next.isUntouched = true;
}
