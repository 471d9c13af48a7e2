import type { SagaDefinition } from '@nest-saga/core';
import { openSteps, stepsOf } from '@nest-saga/core/engine';
import type { SagaState, Stage } from '@nest-saga/core/engine';
import type { UndoView } from '../views/page-views.js';
import { sayList, sayName } from './say-list.js';

/** The known facts of a saga. */
export interface Foreseen {
  readonly definition: SagaDefinition;
  readonly state: SagaState;
  /** The steps that a turn to the undo would undo now, the first one first. */
  readonly undone: readonly UndoView[];
}

/** The consequences of a retry, in sentences. */
export function foreseeRetry({ definition, state, undone }: Foreseen): string {
  const [step] = openSteps(definition, state);
  if (step === undefined) return 'A worker reads the journal again and continues where the saga stopped.';
  if (state.direction === 'backward') {
    const rest = undone.slice(1).map((one) => one.step);
    const then =
      rest.length === 0 ? 'the saga ends FAILED' : `${sayList(rest)} follow, and the saga ends FAILED`;
    return `The undo of ${sayName(undone[0]?.step ?? step)} is called again, with the same idempotency key. If it succeeds, ${then}. If it fails again, the saga is stuck again.`;
  }
  return `${sayName(step)} is called again, with the same idempotency key. If it succeeds, ${goesOn(definition, state)}. If it fails for good, ${turnsBack(undone)}.`;
}

/** The consequences of the statement that a step was done by hand, in sentences. */
export function foreseeDone({ definition, state, undone }: Foreseen, step: string): string {
  if (state.direction === 'backward') {
    const rest = undone.map((one) => one.step).filter((one) => one !== step);
    const then = rest.length === 0 ? 'the saga ends FAILED' : `${sayList(rest)} ${isOrAre(rest)} undone next`;
    return `Nothing is called. The journal says that you undid ${sayName(step)} by hand, and ${then}.`;
  }
  return `Nothing is called. The journal says that you did ${sayName(step)} by hand, and ${goesOn(definition, state)}.`;
}

/** The consequences of the statement that a step has no effect. */
export function foreseeNotDone({ undone }: Foreseen, step: string): string {
  const others = undone.filter((one) => one.step !== step);
  return `Nothing is called for ${sayName(step)}: the journal says that it has no effect. Then ${turnsBack(others)}.`;
}

/** The consequences of a cancel. */
export function foreseeCancel({ undone }: Pick<Foreseen, 'undone'>): string {
  const running = undone.find(({ isRunning }) => isRunning);
  const known = undone.filter(({ isRunning }) => !isRunning);
  const signal =
    running === undefined
      ? ''
      : `${sayName(running.step)} runs at this moment and is asked to stop; its result decides whether it is undone. `;
  return `The saga does not go forward any more. ${signal}${capital(turnsBack(known))}, with the reason “cancelled”.`;
}

/** The consequences of a signal. */
export function foreseeSignal({ definition, state }: Foreseen, signal: string): string {
  if (isAwaited(definition, state, signal))
    return `The saga waits for ${sayName(signal)}: it takes it at once, and ${goesOn(definition, state)}.`;
  return `The saga does not wait for ${sayName(signal)} now. It keeps the signal until it does.`;
}

/** The consequences of a decision. */
export function foreseeDecision(
  { definition, state, undone }: Foreseen,
  step: string,
  decision: 'approved' | 'rejected',
): string {
  const stage = definition.stages[state.stage];
  const onReject =
    stage?.kind === 'wait' && stage.wait.for === 'approval' ? stage.wait.onReject : 'compensate';
  const then =
    decision === 'approved' || onReject === 'continue' ? goesOn(definition, state) : turnsBack(undone);
  return `${sayName(step)} is ${decision}, by you. Then ${then}.`;
}

/** The consequences of a reversal. */
export function foreseeReversal({ undo }: Pick<SagaState, 'undo'>): string {
  const undone = undo.toReversed().map(({ step }) => step);
  if (undone.length === 0)
    return 'A new execution begins that has nothing to undo, and ends FAILED with the reason “reversed”.';
  return `This saga stays as it is. A new execution undoes ${sayList(undone)}${undone.length > 1 ? ', in this order' : ''}, with the idempotency keys of this one, and ends FAILED with the reason “reversed”. There is one reversal, for all who ask.`;
}

/** The consequences of a redelivery. */
export function foreseeRedelivery(entry: number): string {
  return `The events of entry ${entry} go to all handlers of this process again, also to those that have handled them. The journal stays as it is, and the audit keeps who did it.`;
}

/** Whether the saga waits for this signal now. */
export function isAwaited({ stages }: SagaDefinition, state: SagaState, signal: string): boolean {
  const stage = stages[state.stage];
  return (
    state.wait !== undefined &&
    stage?.kind === 'wait' &&
    stage.wait.for === 'signal' &&
    stage.wait.signals.some(({ name }) => name === signal)
  );
}

function goesOn({ stages }: SagaDefinition, { stage }: SagaState): string {
  const next = stages[stage + 1];
  return next === undefined ? 'the saga completes' : `the saga continues with ${sayName(nameOf(next))}`;
}

function turnsBack(undone: readonly UndoView[]): string {
  if (undone.length === 0) return 'the saga ends FAILED, and nothing has to be undone';
  const steps = undone.map(({ step }) => step);
  return `${sayList(steps)} ${isOrAre(steps)} undone${steps.length > 1 ? ', in this order' : ''}, and the saga ends FAILED`;
}

function nameOf(stage: Stage): string {
  if (stage.kind === 'wait') return stage.wait.id;
  return stepsOf(stage)[0]?.id ?? 'the next stage';
}

function isOrAre(list: readonly unknown[]): string {
  return list.length === 1 ? 'is' : 'are';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
