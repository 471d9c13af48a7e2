import type { SagaDefinition } from '../definition/saga-definition.js';
import type { StepDefinition } from '../definition/saga-step.js';
import { SagaStuckReason } from '../errors/saga-failure.js';
import { currentStep, stepAt } from '../journal/step-place.js';
import type { CompensationDecided, MarkedStuck, Settled } from '../journal/journal-entry.js';
import type { SagaState, UndoItem } from '../journal/saga-state.js';
import { isTerminal, SagaStatus } from '../journal/saga-status.js';
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

/** Nothing may run for so long; fold the wait away with `afterWait` then. */
export interface WaitAction {
  readonly kind: 'wait';
  /** The same wait as long as this is the same moment. By the clock of the worker that decided it. */
  readonly until: Date;
  /** Counted from its owner's first look at the wait, in milliseconds. */
  readonly forMs: number;
}

/** There is nothing to run: write `entry` if there is one, else the saga stands where its status says, or is parked. */
export interface SettleAction {
  readonly kind: 'settle';
  readonly entry: Settled | CompensationDecided | MarkedStuck | undefined;
}

/** What comes next for a saga. */
export type NextAction = ActAction | CompensateAction | WaitAction | SettleAction;

/**
 * Decides what comes next. Pure and total: no clock, no randomness, no I/O, and an answer for every state. A
 * recovery is nothing but this function asked about a loaded journal.
 */
export function nextAction(definition: SagaDefinition, state: SagaState): NextAction {
  if (isTerminal(state.status) || state.status === SagaStatus.Stuck || state.park !== undefined)
    return settle(undefined);
  if (state.mismatch !== undefined) return settle(stuck(SagaStuckReason.DefinitionMismatch, state.mismatch));
  // Before the recoveries: whatever step ended its processes, a cancel runs it no more.
  if (state.direction === 'forward' && state.cancel !== undefined)
    return settle(decidedByCancel(definition, state));
  if (state.recoveries > definition.maximumRecoveryAttempts)
    return settle(recoveryExhausted(definition, state));
  if (state.retryAt !== undefined) return { kind: 'wait', until: state.retryAt, forMs: state.retryDelayMs };
  const isForward = state.direction === 'forward' && !state.isUndoingFirst;
  return isForward ? nextAct(definition, state) : nextCompensation(definition, state);
}

/** The state once its wait is over. */
export function afterWait(state: SagaState): SagaState {
  return { ...state, retryAt: undefined };
}

/** What was begun is undone by the rule of `compensateOn`, also if a cancel comes between its attempts. */
function decidedByCancel(definition: SagaDefinition, state: SagaState): CompensationDecided {
  const { begun } = state;
  const step = currentStep(definition, state);
  const isUndone = step !== undefined && begun !== undefined && isUndoneAfter(step.compensateOn, begun);
  return { kind: 'compensation-decided', undo: isUndone ? [{ step: step.id, outcome: begun }] : [] };
}

function nextAct(definition: SagaDefinition, state: SagaState): NextAction {
  const step = currentStep(definition, state);
  if (step !== undefined) return { kind: 'act', step, attempt: state.failedAttempts + 1 };
  if (state.stage >= definition.stages.length) return settle({ kind: 'settled' });
  return settle(
    stuck(
      SagaStuckReason.DefinitionMismatch,
      `the journal chose an alternative at place ${state.stage + 1}, where the definition has none`,
    ),
  );
}

function nextCompensation(definition: SagaDefinition, state: SagaState): NextAction {
  const item = state.undo.at(-1);
  if (item === undefined) return settle({ kind: 'settled' });
  const step = stepAt(definition, item);
  if (step !== undefined) return { kind: 'compensate', step, item, attempt: state.failedAttempts + 1 };
  return settle(
    stuck(
      SagaStuckReason.DefinitionMismatch,
      `the step "${item.step}" is no longer in the definition, so it cannot be undone`,
    ),
  );
}

function recoveryExhausted(definition: SagaDefinition, state: SagaState): MarkedStuck {
  const item = state.undo.at(-1);
  const isForward = state.direction === 'forward' && !state.isUndoingFirst;
  const step = isForward ? currentStep(definition, state)?.id : item?.step;
  const message = `${state.recoveries - 1} recoveries ended without progress; the step may be what ends its process`;
  return stuck(SagaStuckReason.RecoveryExhausted, message, step);
}

function settle(entry: SettleAction['entry']): SettleAction {
  return { kind: 'settle', entry };
}

function stuck(reason: MarkedStuck['reason'], message: string, step?: string): MarkedStuck {
  return { kind: 'stuck', reason, message, ...(step === undefined ? {} : { step }) };
}
