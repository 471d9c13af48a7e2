import { SagaStuckReason } from '../errors/saga-failure.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import { StepOutcome } from '../definition/step-run.js';
import type { SagaFailure } from '../errors/saga-failure.js';
import {
  failureOfAct,
  failureOfCancel,
  failureOfResolution,
  stuckOfCompensation,
} from './describe-failure.js';
import type {
  ActCompleted,
  ActFailed,
  Claimed,
  CompensationDecided,
  CompensationCompleted,
  CompensationFailed,
  EntryDraft,
  JournalEntry,
  MarkedStuck,
  StepResolved,
} from './journal-entry.js';
import type { SagaState, UndoItem } from './saga-state.js';
import { isTerminal, SagaStatus } from './saga-status.js';
import { retryEndsAt } from './retry-wait.js';
import { misplacedAct, misplacedCompensation } from './step-place.js';

/** A fresh copy of a state that is being filled in: nobody else has seen it yet. */
type Draft = { -readonly [Field in keyof SagaState]: SagaState[Field] };

type Written<Entry extends EntryDraft> = Extract<JournalEntry, Pick<Entry, 'kind'>>;

/**
 * The state after one more entry: the one place where it is said what each entry means. The header's status is what
 * comes out here, so a header can never say something that its journal does not.
 */
export function applyEntry(
  definition: SagaDefinition,
  state: SagaState,
  entry: EntryDraft | JournalEntry,
  seq: number,
): SagaState {
  const next: Draft = { ...state };
  next.seq = seq;
  if (isTerminal(state.status)) return next;
  if (entry.kind === 'claimed') next.claimSeq = seq;
  if (state.mismatch === undefined) change(definition, next, entry);
  else changeMismatched(next, entry);
  return next;
}

function change(definition: SagaDefinition, next: Draft, entry: EntryDraft | JournalEntry): void {
  switch (entry.kind) {
    case 'act-completed':
      return actCompleted(definition, next, entry);
    case 'act-failed':
      return actFailed(definition, next, entry);
    case 'compensation-completed':
      return compensationCompleted(definition, next, entry);
    case 'compensation-failed':
      return compensationFailed(definition, next, entry);
    case 'claimed':
      return claimed(next, entry);
    case 'released':
      next.isReleased = entry.reason !== 'trouble';
      next.isUntouched = entry.begun?.length === 0;
      return;
    case 'cancel-requested':
      return cancelRequested(next, entry.reason);
    case 'compensation-decided':
      return compensationDecided(definition, next, entry);
    case 'retry-requested':
      return retryRequested(next);
    case 'step-resolved':
      return stepResolved(definition, next, entry);
    case 'stuck':
      return markedStuck(next, entry);
    case 'settled':
      return settled(definition, next);
  }
}

/** Of a journal that does not fit its definition only that is read which means the same whatever the steps are. */
function changeMismatched(next: Draft, entry: EntryDraft | JournalEntry): void {
  switch (entry.kind) {
    case 'act-completed':
    case 'compensation-completed':
      next.context = entry.context ?? next.context;
      return;
    case 'claimed':
      return claimed(next, entry);
    case 'cancel-requested':
      next.cancel ??= { reason: entry.reason };
      return wake(next);
    case 'retry-requested':
      return resume(next);
    case 'stuck':
      return markedStuck(next, entry);
    default:
  }
}

function actCompleted(definition: SagaDefinition, next: Draft, entry: ActCompleted): void {
  next.context = entry.context ?? next.context;
  next.mismatch = misplacedAct(definition, next, entry.step);
  if (next.mismatch !== undefined) return;
  madeProgress(next);
  next.undo = [...next.undo, undoItem(next, entry.step, StepOutcome.Completed, entry.response)];
  nextStage(next);
  if (next.cancel !== undefined) return turnBack(next, failureOfCancel(next.cancel.reason));
  if (next.stage < definition.stages.length) return;
  // Events of the last step are delivered before the end is written, or a crash between the two would swallow them.
  if (entry.events === undefined) next.status = SagaStatus.Completed;
}

function actFailed(definition: SagaDefinition, next: Draft, entry: ActFailed): void {
  next.mismatch = misplacedAct(definition, next, entry.step);
  if (next.mismatch !== undefined) return;
  // What an earlier attempt may have done is not undone by a later one that failed, or that a breaker refused.
  const outcome = entry.outcome === StepOutcome.Failed ? (next.begun ?? StepOutcome.Failed) : entry.outcome;
  if (entry.next === 'retry') {
    next.begun = outcome === StepOutcome.Unknown ? StepOutcome.Unknown : StepOutcome.Failed;
    return attemptFailed(next, entry);
  }
  madeProgress(next);
  if (entry.undo) next.undo = [...next.undo, undoItem(next, entry.step, outcome, entry.response)];
  if (entry.next === 'compensate') {
    return turnBack(next, failureOfAct(entry.step, entry.error, next.primaryError, next.cancel?.reason));
  }
  next.begun = undefined;
  next.primaryError = entry.error;
  if (entry.next === 'undo-first') next.isUndoingFirst = true;
  else next.isAlternative = true;
}

function compensationCompleted(definition: SagaDefinition, next: Draft, entry: CompensationCompleted): void {
  next.context = entry.context ?? next.context;
  next.mismatch = misplacedCompensation(definition, next, entry.step);
  if (next.mismatch !== undefined) return;
  heedCancelOfUndoFirst(next);
  if (next.isUndoingFirst) return undoneFirst(next);
  madeProgress(next);
  next.undo = next.undo.slice(0, -1);
  countOn(next);
  if (next.undo.length > 0) return;
  if (entry.events === undefined) endUndo(next);
}

function compensationFailed(definition: SagaDefinition, next: Draft, entry: CompensationFailed): void {
  next.mismatch = misplacedCompensation(definition, next, entry.step);
  if (next.mismatch !== undefined) return;
  heedCancelOfUndoFirst(next);
  attemptFailed(next, entry);
  if (entry.next === 'retry') return;
  next.stuck ??= stuckOfCompensation(entry.step, entry.error);
  if (entry.next === 'halt') {
    next.status = SagaStatus.Stuck;
    return;
  }
  next.givenUp = [...next.givenUp, ...tried(next).slice(-1)];
  madeProgress(next);
  next.undo = next.undo.slice(0, -1);
  countOn(next);
  if (next.undo.length === 0) endUndo(next);
}

function compensationDecided(definition: SagaDefinition, next: Draft, entry: CompensationDecided): void {
  for (const { step, outcome } of entry.undo) {
    next.mismatch = misplacedAct(definition, next, step);
    if (next.mismatch !== undefined) return;
    next.undo = [...next.undo, undoItem(next, step, outcome, undefined)];
  }
  turnBack(next, failureOfCancel(next.cancel?.reason));
}

function claimed(next: Draft, entry: Claimed | Written<Claimed>): void {
  const isIdle = hasWaited(next, entry);
  // Whoever owned it before may have begun the next act, and nobody can say how far it came.
  const mayHaveBegun = entry.from === 'running' && !isIdle && !next.isUntouched && !next.isUndoingFirst;
  if (mayHaveBegun) next.begun = StepOutcome.Unknown;
  // While it waited nothing of it ran: the death of its owner is no evidence against its step.
  if (entry.from !== 'pending' && !next.isReleased && !isIdle) next.recoveries++;
  if (next.status === SagaStatus.Pending) next.status = SagaStatus.Running;
  next.isReleased = false;
  next.isUntouched = false;
}

/**
 * Whether nothing of the saga ran when it was claimed. Its new owner waits for what is left of the wait by the storage's
 * clock, which is the same for every worker; a parked saga is claimed only once its time has come, or something was asked.
 */
function hasWaited(next: Draft, entry: Claimed | Written<Claimed>): boolean {
  const { park } = next;
  next.park = undefined;
  if (park === undefined) return takeRestOfWait(next, entry) > 0;
  endWait(next);
  return true;
}

function takeRestOfWait(next: Draft, entry: Claimed | Written<Claimed>): number {
  if (next.retryEndsAt === undefined || !('recordedAt' in entry)) return 0;
  const restMs = Math.max(0, next.retryEndsAt - entry.recordedAt.getTime());
  next.retryDelayMs = restMs;
  if (restMs === 0) endWait(next);
  return restMs;
}

/** From here on something of it may run: a later claim is judged by that. */
function endWait(next: Draft): void {
  next.retryAt = undefined;
  next.retryEndsAt = undefined;
}

function cancelRequested(next: Draft, reason: string): void {
  if (next.direction === 'backward') return;
  next.cancel ??= { reason };
  wake(next);
  if (next.status === SagaStatus.Stuck) resume(next);
}

function retryRequested(next: Draft): void {
  if (next.givenUp.length > 0) {
    next.undo = openUndo(next);
    next.givenUp = [];
    next.failedAttempts = 0;
    countOn(next);
  }
  next.forgivenAttempts = next.failedAttempts;
  endWait(next);
  resume(next);
}

function stepResolved(definition: SagaDefinition, next: Draft, entry: StepResolved): void {
  if (next.isUndoingFirst) {
    next.mismatch = misplacedCompensation(definition, next, entry.step);
    if (next.mismatch !== undefined) return;
    undoneFirst(next);
  } else if (entry.outcome === 'not-done') {
    next.mismatch = misplacedAct(definition, next, entry.step);
    if (next.mismatch !== undefined) return;
    turnBack(next, failureOfResolution(entry, next.primaryError, next.cancel?.reason));
  } else if (next.direction === 'forward') {
    next.mismatch = misplacedAct(definition, next, entry.step);
    if (next.mismatch !== undefined) return;
    next.undo = [...next.undo, undoItem(next, entry.step, StepOutcome.Completed, undefined)];
    nextStage(next);
    madeProgress(next);
  } else {
    next.undo = openUndo(next).filter((item) => item.step !== entry.step);
    next.givenUp = [];
    madeProgress(next);
    countOn(next);
  }
  resume(next);
}

function markedStuck(next: Draft, { reason, message, step }: MarkedStuck): void {
  next.status = SagaStatus.Stuck;
  next.stuck = { reason, message, ...(step === undefined ? {} : { step }) };
  // Its act was called, and how it ended is recorded nowhere.
  if (reason === SagaStuckReason.EntryRefused && next.direction === 'forward' && !next.isUndoingFirst)
    next.begun = StepOutcome.Unknown;
}

function settled(definition: SagaDefinition, next: Draft): void {
  if (next.direction === 'backward' && next.undo.length === 0) endUndo(next);
  if (next.direction === 'forward' && next.stage >= definition.stages.length)
    next.status = SagaStatus.Completed;
}

/** Something got done: what counted towards a limit starts anew. */
function madeProgress(next: Draft): void {
  next.failedAttempts = 0;
  next.forgivenAttempts = 0;
  endWait(next);
  next.recoveries = 0;
  next.isReleased = false;
}

function attemptFailed(next: Draft, entry: ActFailed | CompensationFailed): void {
  const { attempt, retryAt, finishedAt } = entry;
  next.failedAttempts = attempt;
  next.retryAt = retryAt;
  next.retryEndsAt = retryEndsAt(entry);
  next.park = entry.park;
  next.retryDelayMs = retryAt === undefined ? 0 : retryAt.getTime() - finishedAt.getTime();
  next.recoveries = 0;
  next.isReleased = false;
}

function nextStage(next: Draft): void {
  next.stage++;
  next.begun = undefined;
  next.isAlternative = false;
  next.primaryError = undefined;
}

/** What is to be undone, with the attempts that failed written down at the step that was tried last. */
function tried(next: Draft): readonly UndoItem[] {
  const last = next.undo.at(-1);
  if (last === undefined || next.failedAttempts === 0) return next.undo;
  return [...next.undo.slice(0, -1), { ...last, failedAttempts: next.failedAttempts }];
}

/** A compensation that was tried before others went first goes on with the next number; a person forgave the rest. */
function countOn(next: Draft): void {
  const failedAttempts = next.undo.at(-1)?.failedAttempts;
  if (failedAttempts === undefined) return;
  next.failedAttempts = failedAttempts;
  next.forgivenAttempts = failedAttempts;
}

/** The point of no return. */
function turnBack(next: Draft, failure: SagaFailure): void {
  const { isUndoingFirst, failedAttempts, forgivenAttempts } = next;
  madeProgress(next);
  // The undo that is under way is the first one now, and goes on counting its attempts.
  if (isUndoingFirst) Object.assign(next, { isUndoingFirst: false, failedAttempts, forgivenAttempts });
  next.direction = 'backward';
  next.failure = failure;
  next.status = next.undo.length === 0 ? SagaStatus.Failed : SagaStatus.Compensating;
}

/** The primary is undone: its alternative may begin. */
function undoneFirst(next: Draft): void {
  madeProgress(next);
  next.undo = next.undo.slice(0, -1);
  next.isUndoingFirst = false;
  next.isAlternative = true;
}

/** A cancel came while a primary was undone before its alternative: how that undo ended is the decision, too. */
function heedCancelOfUndoFirst(next: Draft): void {
  if (next.isUndoingFirst && next.cancel !== undefined) turnBack(next, failureOfCancel(next.cancel.reason));
}

function endUndo(next: Draft): void {
  next.status = next.givenUp.length === 0 ? SagaStatus.Failed : SagaStatus.Stuck;
}

/** Something was asked of a parked saga: it is claimed at once, and the claim still says that nothing of it ran. */
function wake(next: Draft): void {
  if (next.park !== undefined) next.park = { ...next.park, dueInMs: 0 };
}

/** A person let it go on: the claim that follows is no recovery from a crash. */
function resume(next: Draft): void {
  next.status = next.direction === 'forward' ? SagaStatus.Running : SagaStatus.Compensating;
  next.stuck = undefined;
  next.recoveries = 0;
  next.isReleased = true;
  // What got it STUCK ran no act: only what earlier claims put in doubt is.
  next.isUntouched = true;
}

/** What is still to be undone, with what was given up back in its place: those steps completed last. */
function openUndo(next: Draft): readonly UndoItem[] {
  return [...tried(next), ...next.givenUp.toReversed()];
}

function undoItem(next: Draft, step: string, outcome: StepOutcome, response: string | undefined): UndoItem {
  return { step, stage: next.stage, isAlternative: next.isAlternative, outcome, response };
}
