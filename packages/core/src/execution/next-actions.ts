import type { SagaDefinition } from '../definition/saga-definition.js';
import { isForward } from '../definition/saga-step.js';
import { StepOutcome } from '../definition/step-run.js';
import { SagaStuckReason } from '../errors/saga-failure.js';
import { branchOf } from '../journal/branch-state.js';
import type { BranchState } from '../journal/branch-state.js';
import { fits } from '../journal/fits.js';
import { mayEnter } from '../journal/guards.js';
import { currentStep, branchesAt, standingStep, stepAt, waitAt } from '../journal/stage-steps.js';
import type { BegunStep, CompensationDecided, MarkedStuck } from '../journal/journal-entry.js';
import type { SagaState } from '../journal/saga-state.js';
import { isSettling } from '../journal/saga-state.js';
import { isTerminal, SagaStatus } from '../journal/saga-status.js';
import { meetsDeadline } from './meets-deadline.js';
import { nextOfWait } from './next-wait.js';
import type { Action, CompensateAction, RecordAction } from './action.js';
import { nextOfBranches, nextOfLayer, nextOfSettling, openDoubts } from './next-branches.js';
import { isUndoneAfter } from './is-undone-after.js';
import { priorOutcomeOf } from './prior-outcome.js';

/**
 * Decides what comes next; nothing if a saga has ended, is STUCK or is parked. Pure and total: no clock, no randomness,
 * no I/O, and an answer for every state. A recovery applies this same function to a loaded journal.
 */
export function nextActions(definition: SagaDefinition, state: SagaState): readonly Action[] {
  if (standsStill(state)) return none;
  const problem = fits(definition, state);
  return problem === undefined ? nextActionsThatFit(definition, state) : [misfit(problem)];
}

/**
 * Like `nextActions`, for a state that is known to fit the definition, such as one with entries that this definition
 * wrote.
 */
export function nextActionsThatFit(definition: SagaDefinition, state: SagaState): readonly Action[] {
  if (standsStill(state)) return none;
  // Before the check of the recoveries: after a cancel, a step that ended its processes is not run again.
  if (state.direction === 'forward' && state.cancel !== undefined && !isForwardInDoubt(definition, state))
    return [record(decidedByCancel(definition, state))];
  if (meetsDeadline(definition, state)) return [record({ kind: 'deadline-passed' })];
  if (state.recoveries > definition.maximumRecoveryAttempts)
    return [record(recoveryExhausted(definition, state))];
  return nextOf(definition, state);
}

/**
 * The state after the end of a wait.
 *
 * @param until The moment of the wait; of several waits for a next attempt, it names one.
 */
export function afterWait(state: SagaState, until = branchOf(state).retryAt): SagaState {
  const { wait } = state;
  if (wait !== undefined) return { ...state, wait: { ...wait, isOver: true } };
  const branches = state.branches.map((branch) =>
    branch.retryAt === until ? { ...branch, retryAt: undefined } : branch,
  );
  return { ...state, branches };
}

const none: readonly Action[] = Object.freeze([]);

function standsStill({ status, park }: SagaState): boolean {
  return isTerminal(status) || status === SagaStatus.Stuck || park !== undefined;
}

function nextOf(definition: SagaDefinition, state: SagaState): readonly Action[] {
  if (state.direction === 'backward') return nextOfUndo(definition, state);
  if (!state.isUndoingFirst && !isOpen(definition, state)) return [{ kind: 'choose' }];
  const parallel = branchesAt(definition, state.stage);
  if (parallel !== undefined) return nextOfBranches(definition, parallel, state);
  if (state.isUndoingFirst) return nextOfUndo(definition, state);
  return [nextAct(definition, state, branchOf(state))];
}

/**
 * Whether the effect of the next act may be there and cannot be undone: the act is called again, whatever was requested,
 * until it is known whether the saga has passed its pivot.
 */
function isForwardInDoubt(definition: SagaDefinition, state: SagaState): boolean {
  if (branchOf(state).priorOutcome !== StepOutcome.Unknown) return false;
  const step = currentStep(definition, state);
  return (
    step !== undefined && isForward(step) && priorOutcomeOf(branchOf(state), step) === StepOutcome.Unknown
  );
}

/** If a cancel comes between the attempts of a step, `compensateOn` decides whether the step is undone. */
function decidedByCancel(definition: SagaDefinition, state: SagaState): CompensationDecided {
  return { kind: 'compensation-decided', undo: doubts(definition, state) };
}

function doubts(definition: SagaDefinition, state: SagaState): readonly BegunStep[] {
  // The act of a stage that was not chosen has not begun.
  if (!isOpen(definition, state)) return [];
  if (branchesAt(definition, state.stage) !== undefined) return openDoubts(definition, state);
  const step = currentStep(definition, state);
  if (step === undefined || isForward(step)) return [];
  const priorOutcome = priorOutcomeOf(branchOf(state), step);
  if (priorOutcome === undefined) return [];
  if (!isUndoneAfter(step.compensateOn, priorOutcome)) return [];
  return [{ step: step.id, outcome: priorOutcome }];
}

function nextAct(definition: SagaDefinition, state: SagaState, branch: BranchState): Action {
  const { isAlternative, failedAttempts, retryAt, retryDelayMs } = branch;
  if (retryAt !== undefined) return { kind: 'wait', until: retryAt, forMs: retryDelayMs };
  const step = stepAt(definition, state.stage, isAlternative);
  if (step !== undefined) return { kind: 'act', step, attempt: failedAttempts + 1 };
  const wait = waitAt(definition, state.stage);
  if (wait !== undefined) return nextOfWait(wait, state);
  const isDone = state.stage >= definition.stages.length;
  return isDone ? record({ kind: 'settled' }) : misfit(fits(definition, state));
}

/** Whether the next stage is under no condition, or was chosen. */
function isOpen({ stages }: SagaDefinition, { stage, decisions }: SagaState): boolean {
  const next = stages[stage];
  return next?.guards === undefined || mayEnter(next, decisions);
}

function nextOfUndo(definition: SagaDefinition, state: SagaState): readonly Action[] {
  if (isSettling(state)) {
    const abandoned = nextOfSettling(definition, state);
    if (abandoned !== undefined) return [record(abandoned)];
  }
  const actions = nextOfLayer(definition, state) ?? [misfit(fits(definition, state))];
  return actions.map((action) => (action.kind === 'compensate' ? withUndo(action) : action));
}

/** A step whose kind has changed may have no undo by now. */
function withUndo(action: CompensateAction): Action {
  const { step } = action;
  if (!isForward(step)) return action;
  return misfit(`the journal undoes the step "${step.id}", which is a ${step.kind} step now and has no undo`);
}

function recoveryExhausted(definition: SagaDefinition, state: SagaState): MarkedStuck {
  const step = standingStep(definition, state);
  const message = `${state.recoveries - 1} recoveries ended without progress; the step may be what ends its process`;
  return stuck(SagaStuckReason.RecoveryExhausted, message, step);
}

function misfit(problem = 'the journal does not fit the definition'): RecordAction {
  return record(stuck(SagaStuckReason.DefinitionMismatch, problem));
}

function record(entry: RecordAction['entry']): RecordAction {
  return { kind: 'record', entry };
}

function stuck(reason: MarkedStuck['reason'], message: string, step?: string): MarkedStuck {
  return { kind: 'stuck', reason, message, ...(step === undefined ? {} : { step }) };
}
