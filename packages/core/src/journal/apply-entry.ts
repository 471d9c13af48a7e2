import type { SagaDefinition, Stage } from '../definition/saga-definition.js';
import type { StepDefinition } from '../definition/saga-step.js';
import { isStep } from '../definition/saga-step.js';
import { StepOutcome } from '../definition/step-run.js';
import type {
  ActCompleted,
  ActFailed,
  Claimed,
  CompensationCompleted,
  CompensationFailed,
  EntryDraft,
  MarkedStuck,
  StepResolved,
} from './journal-entry.js';
import { failureOfAct, failureOfCancel, stuckOfCompensation } from './describe-failure.js';
import { isTerminal, SagaStatus } from './saga-status.js';
import type { SagaState, UndoItem } from './saga-state.js';

/**
 * The state after one more entry: the one place where it is said what each entry means. The header's status is what
 * comes out here, so a header can never say something that its journal does not.
 */
export function applyEntry(
  definition: SagaDefinition,
  state: SagaState,
  entry: EntryDraft,
  seq: number,
): SagaState {
  if (isTerminal(state.status)) return { ...state, seq };
  const next =
    state.mismatch === undefined ? change(definition, state, entry) : changeMismatched(state, entry);
  return { ...state, ...next, ...(entry.kind === 'claimed' ? { claimSeq: seq } : undefined), seq };
}

type StateChange = Partial<SagaState>;

function change(definition: SagaDefinition, state: SagaState, entry: EntryDraft): StateChange {
  switch (entry.kind) {
    case 'act-completed':
      return actCompleted(definition, state, entry);
    case 'act-failed':
      return actFailed(definition, state, entry);
    case 'compensation-completed':
      return compensationCompleted(definition, state, entry);
    case 'compensation-failed':
      return compensationFailed(definition, state, entry);
    case 'claimed':
      return claimed(state, entry);
    case 'released':
      return { isReleased: entry.reason === 'shutdown' };
    case 'cancel-requested':
      return cancelRequested(state, entry.reason);
    case 'compensation-decided':
      return turnBack(state, { failure: failureOfCancel(state.cancel?.reason) });
    case 'retry-requested':
      return retryRequested(state);
    case 'step-resolved':
      return stepResolved(definition, state, entry);
    case 'stuck':
      return markedStuck(entry);
    case 'settled':
      return settled(definition, state);
  }
}

/** A journal that does not fit its definition can still be claimed, marked stuck and retried: nothing else is read. */
function changeMismatched(state: SagaState, entry: EntryDraft): StateChange {
  if (entry.kind === 'claimed') return claimed(state, entry);
  if (entry.kind === 'stuck') return markedStuck(entry);
  if (entry.kind === 'retry-requested') return { status: openStatus(state), stuck: undefined };
  return {};
}

const progress = {
  failedAttempts: 0,
  forgivenAttempts: 0,
  retryAt: undefined,
  recoveries: 0,
  isReleased: false,
} as const;

function actCompleted(definition: SagaDefinition, state: SagaState, entry: ActCompleted): StateChange {
  const misplaced = checkAct(definition, state, entry.step);
  if (misplaced !== undefined) return { mismatch: misplaced };
  const undo = [...state.undo, undoItem(state, entry.step, StepOutcome.Completed, entry.response)];
  const forward = {
    ...progress,
    context: entry.context,
    undo,
    stage: state.stage + 1,
    isAlternative: false,
    primaryError: undefined,
  };
  if (state.cancel !== undefined) {
    return {
      ...forward,
      ...turnBack({ ...state, ...forward }, { failure: failureOfCancel(state.cancel.reason) }),
    };
  }
  if (forward.stage < definition.stages.length) return forward;
  // Events of the last step are delivered before the end is written, or a crash between the two would swallow them.
  return entry.events === undefined
    ? { ...forward, status: SagaStatus.Completed }
    : { ...forward, isEndDeferred: true };
}

function actFailed(definition: SagaDefinition, state: SagaState, entry: ActFailed): StateChange {
  const misplaced = checkAct(definition, state, entry.step);
  if (misplaced !== undefined) return { mismatch: misplaced };
  if (entry.next === 'retry') {
    return {
      ...progress,
      failedAttempts: entry.attempt,
      forgivenAttempts: state.forgivenAttempts,
      retryAt: entry.retryAt,
    };
  }
  const undo = entry.undo
    ? [...state.undo, undoItem(state, entry.step, entry.outcome, entry.response)]
    : state.undo;
  if (entry.next === 'alternative') {
    return { ...progress, undo, isAlternative: true, primaryError: entry.error };
  }
  const failure = failureOfAct(entry.step, entry.error, state.primaryError, state.cancel?.reason);
  return { ...progress, ...turnBack({ ...state, undo }, { failure, undo }) };
}

function compensationCompleted(
  definition: SagaDefinition,
  state: SagaState,
  entry: CompensationCompleted,
): StateChange {
  const misplaced = checkCompensation(definition, state, entry.step);
  if (misplaced !== undefined) return { mismatch: misplaced };
  const undone = { ...progress, context: entry.context, undo: state.undo.slice(0, -1) };
  if (undone.undo.length > 0) return undone;
  return entry.events === undefined ? { ...undone, ...endOfUndo(state) } : { ...undone, isEndDeferred: true };
}

function compensationFailed(
  definition: SagaDefinition,
  state: SagaState,
  entry: CompensationFailed,
): StateChange {
  const misplaced = checkCompensation(definition, state, entry.step);
  if (misplaced !== undefined) return { mismatch: misplaced };
  const failed = { ...progress, failedAttempts: entry.attempt, forgivenAttempts: state.forgivenAttempts };
  const stuck = stuckOfCompensation(entry.step, entry.error);
  if (entry.next === 'retry') return { ...failed, retryAt: entry.retryAt };
  if (entry.next === 'halt') return { ...failed, stuck, status: SagaStatus.Stuck };
  const undo = state.undo.slice(0, -1);
  const givenUp = [...state.givenUp, ...state.undo.slice(-1)];
  const continued = { ...progress, undo, givenUp, stuck: state.stuck ?? stuck };
  return undo.length > 0 ? continued : { ...continued, status: SagaStatus.Stuck };
}

function claimed(state: SagaState, entry: Claimed): StateChange {
  const isRecovery = entry.from !== 'pending' && !state.isReleased;
  return {
    status: state.status === SagaStatus.Pending ? SagaStatus.Running : state.status,
    recoveries: isRecovery ? state.recoveries + 1 : state.recoveries,
    isReleased: false,
  };
}

function cancelRequested(state: SagaState, reason: string): StateChange {
  if (state.direction === 'backward') return {};
  const status = state.status === SagaStatus.Stuck ? SagaStatus.Running : state.status;
  return {
    cancel: state.cancel ?? { reason },
    status,
    stuck: undefined,
    recoveries: 0,
    isReleased: state.status === SagaStatus.Stuck || state.isReleased,
  };
}

function retryRequested(state: SagaState): StateChange {
  return {
    status: openStatus(state),
    stuck: undefined,
    undo: [...state.undo, ...state.givenUp.toReversed()],
    givenUp: [],
    forgivenAttempts: state.failedAttempts,
    retryAt: undefined,
    recoveries: 0,
    // Asked for by a person: the claim that follows is no recovery from a crash.
    isReleased: true,
  };
}

function stepResolved(definition: SagaDefinition, state: SagaState, entry: StepResolved): StateChange {
  const resumed = { ...progress, status: openStatus(state), stuck: undefined, isReleased: true };
  if (state.direction === 'forward') {
    const step = currentStep(definition, state);
    if (step === undefined || !isStep(step, entry.step)) return {};
    const undo = [...state.undo, undoItem(state, entry.step, StepOutcome.Completed, undefined)];
    return { ...resumed, undo, stage: state.stage + 1, isAlternative: false, primaryError: undefined };
  }
  const isResolved = (item: UndoItem): boolean => item.step === entry.step;
  const pending = [...state.undo, ...state.givenUp.toReversed()];
  return { ...resumed, undo: pending.filter((item) => !isResolved(item)), givenUp: [] };
}

function markedStuck(entry: MarkedStuck): StateChange {
  const { kind: _, ...stuck } = entry;
  return {
    status: SagaStatus.Stuck,
    stuck: {
      reason: stuck.reason,
      message: stuck.message,
      ...(stuck.step === undefined ? {} : { step: stuck.step }),
    },
  };
}

function settled(definition: SagaDefinition, state: SagaState): StateChange {
  if (state.direction === 'backward') return state.undo.length === 0 ? endOfUndo(state) : {};
  return state.stage >= definition.stages.length
    ? { status: SagaStatus.Completed, isEndDeferred: false }
    : {};
}

function turnBack(
  state: SagaState,
  reason: Pick<SagaState, 'failure'> & Partial<Pick<SagaState, 'undo'>>,
): StateChange {
  const status = state.undo.length === 0 ? SagaStatus.Failed : SagaStatus.Compensating;
  return { ...progress, ...reason, direction: 'backward', status, isEndDeferred: false };
}

function endOfUndo(state: SagaState): StateChange {
  return { status: state.givenUp.length === 0 ? SagaStatus.Failed : SagaStatus.Stuck, isEndDeferred: false };
}

function openStatus(state: SagaState): SagaStatus {
  return state.direction === 'forward' ? SagaStatus.Running : SagaStatus.Compensating;
}

function undoItem(
  state: SagaState,
  step: string,
  outcome: StepOutcome,
  response: string | undefined,
): UndoItem {
  return { step, stage: state.stage, isAlternative: state.isAlternative, outcome, response };
}

function checkAct(definition: SagaDefinition, state: SagaState, id: string): string | undefined {
  const expected = state.direction === 'forward' ? currentStep(definition, state) : undefined;
  if (expected !== undefined && isStep(expected, id)) return undefined;
  return `the journal has the act of "${id}" at place ${state.stage + 1}, where the definition has ${name(expected)}`;
}

function checkCompensation(definition: SagaDefinition, state: SagaState, id: string): string | undefined {
  const item = state.direction === 'backward' ? state.undo.at(-1) : undefined;
  const expected = item === undefined ? undefined : stepAt(definition, item);
  if (expected !== undefined && isStep(expected, id)) return undefined;
  return `the journal has the compensation of "${id}", where the definition has ${name(expected)}`;
}

function name(step: StepDefinition | undefined): string {
  return step === undefined ? 'none' : `"${step.id}"`;
}

/** Forward: the step whose act is next, or undefined behind the last one. */
export function currentStep(definition: SagaDefinition, state: SagaState): StepDefinition | undefined {
  return stepAt(definition, state);
}

/** The step that fills a place. */
export function stepAt(
  definition: SagaDefinition,
  place: { readonly stage: number; readonly isAlternative: boolean },
): StepDefinition | undefined {
  const stage: Stage | undefined = definition.stages[place.stage];
  if (stage === undefined) return undefined;
  if (stage.kind === 'step') return place.isAlternative ? undefined : stage.step;
  return place.isAlternative ? stage.alternative : stage.primary;
}
