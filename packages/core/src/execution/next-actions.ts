import type { SagaDefinition } from '../definition/saga-definition.js';
import type { StepDefinition } from '../definition/saga-step.js';
import { isForward } from '../definition/saga-step.js';
import { StepOutcome } from '../definition/step-run.js';
import { SagaStuckReason } from '../errors/saga-failure.js';
import { branchOf, changedBranches } from '../journal/branch-state.js';
import type { BranchState } from '../journal/branch-state.js';
import { fits } from '../journal/fits.js';
import { mayEnter } from '../journal/guards.js';
import { currentStep, standingStep, stepAt, waitAt } from '../journal/stage-steps.js';
import type { CompensationDecided, DeadlinePassed, MarkedStuck, Settled } from '../journal/journal-entry.js';
import type { SagaState, UndoItem } from '../journal/saga-state.js';
import { mayAct } from '../journal/saga-state.js';
import { isTerminal, SagaStatus } from '../journal/saga-status.js';
import { undoLayer } from '../journal/undo-list.js';
import { meetsDeadline } from './meets-deadline.js';
import { nextOfWait } from './next-wait.js';
import type { BeginWaitAction, EndWaitAction, WaitAction } from './next-wait.js';
import { isUndoneAfter } from './is-undone-after.js';

/** Run the act of a step. */
export interface ActAction {
  readonly kind: 'act';
  readonly step: StepDefinition;
  readonly attempt: number;
}

/** Run the compensation of a step. */
export interface CompensateAction {
  readonly kind: 'compensate';
  readonly step: StepDefinition;
  readonly item: UndoItem;
  readonly attempt: number;
}

/** Write an entry. */
export interface RecordAction {
  readonly kind: 'record';
  readonly entry: Settled | CompensationDecided | DeadlinePassed | MarkedStuck;
}

/** Decide the path: no entry led to this stage with the decisions that it needs, or one of them failed. */
export interface ChooseAction {
  readonly kind: 'choose';
}

/** One of the next things to do for a saga. */
export type Action =
  ActAction | CompensateAction | ChooseAction | WaitAction | BeginWaitAction | EndWaitAction | RecordAction;

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
  return state.branches.map((branch) => nextOf(definition, state, branch));
}

/** The state after the end of its wait. */
export function afterWait(state: SagaState): SagaState {
  const { wait } = state;
  if (wait !== undefined) return { ...state, wait: { ...wait, isOver: true } };
  return { ...state, branches: changedBranches(state, { retryAt: undefined }) };
}

const none: readonly Action[] = Object.freeze([]);

function standsStill({ status, park }: SagaState): boolean {
  return isTerminal(status) || status === SagaStatus.Stuck || park !== undefined;
}

function nextOf(definition: SagaDefinition, state: SagaState, branch: BranchState): Action {
  const { retryAt, retryDelayMs } = branch;
  if (retryAt !== undefined) return { kind: 'wait', until: retryAt, forMs: retryDelayMs };
  return mayAct(state) ? nextAct(definition, state, branch) : nextCompensation(definition, state, branch);
}

/**
 * Whether the effect of the next act may be there and cannot be undone: the act is called again, whatever was requested,
 * until it is known whether the saga has passed its pivot.
 */
function isForwardInDoubt(definition: SagaDefinition, state: SagaState): boolean {
  if (branchOf(state).priorOutcome !== StepOutcome.Unknown) return false;
  const step = currentStep(definition, state);
  return step !== undefined && isForward(step);
}

/** If a cancel comes between the attempts of a step, `compensateOn` decides whether the step is undone. */
function decidedByCancel(definition: SagaDefinition, state: SagaState): CompensationDecided {
  const { priorOutcome } = branchOf(state);
  // The act of a stage that was not chosen has not begun.
  const step = isOpen(definition, state) ? currentStep(definition, state) : undefined;
  const isUndone =
    step !== undefined &&
    !isForward(step) &&
    priorOutcome !== undefined &&
    isUndoneAfter(step.compensateOn, priorOutcome);
  return { kind: 'compensation-decided', undo: isUndone ? [{ step: step.id, outcome: priorOutcome }] : [] };
}

function nextAct(
  definition: SagaDefinition,
  state: SagaState,
  { isAlternative, failedAttempts }: BranchState,
): Action {
  if (!isOpen(definition, state)) return { kind: 'choose' };
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

/** A layer is undone item by item, the last one first. */
function nextCompensation(
  definition: SagaDefinition,
  state: SagaState,
  { failedAttempts }: BranchState,
): Action {
  const item = undoLayer(state).at(-1);
  if (item === undefined) return record({ kind: 'settled' });
  const step = stepAt(definition, item.stage, item.isAlternative);
  if (step === undefined) return misfit(fits(definition, state));
  if (isForward(step))
    return misfit(
      `the journal undoes the step "${step.id}", which is a ${step.kind} step now and has no undo`,
    );
  return { kind: 'compensate', step, item, attempt: failedAttempts + 1 };
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
