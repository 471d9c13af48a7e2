import type { SagaDefinition } from '../definition/saga-definition.js';
import type { StepDefinition } from '../definition/saga-step.js';
import { isStep } from '../definition/saga-step.js';
import type { SagaState } from './saga-state.js';

/** Forward: the step whose act is next, or undefined behind the last one. */
export function currentStep(definition: SagaDefinition, state: SagaState): StepDefinition | undefined {
  return stepAt(definition, state);
}

/** The step that fills a place. */
export function stepAt(
  definition: SagaDefinition,
  place: { readonly stage: number; readonly isAlternative: boolean },
): StepDefinition | undefined {
  const stage = definition.stages[place.stage];
  if (stage === undefined || stage.kind === 'wait') return undefined;
  if (stage.kind === 'step') return place.isAlternative ? undefined : stage.step;
  return place.isAlternative ? stage.alternative : stage.primary;
}

/** The step that runs next, or that it stands at: forward the act, backward the compensation. */
export function standingStep(definition: SagaDefinition, state: SagaState): string | undefined {
  const isForward = state.direction === 'forward' && !state.isUndoingFirst;
  return isForward ? currentStep(definition, state)?.id : state.undo.at(-1)?.step;
}

/** What a saga stands at: the act that is next, or every compensation that is still to be done. */
export function openSteps(definition: SagaDefinition, state: SagaState): readonly string[] {
  if (state.direction === 'forward' && !state.isUndoingFirst) {
    const step = currentStep(definition, state);
    return step === undefined ? [] : [step.id, ...step.aliases];
  }
  const open = state.isUndoingFirst ? state.undo.slice(-1) : [...state.undo, ...state.givenUp];
  return open.flatMap((item) => {
    const step = stepAt(definition, item);
    return step !== undefined && isStep(step, item.step) ? [item.step] : [];
  });
}

/** Why an act of this step id cannot stand next in the journal, or undefined where it can. */
export function misplacedAct(definition: SagaDefinition, state: SagaState, id: string): string | undefined {
  const isForward = state.direction === 'forward' && !state.isUndoingFirst;
  const expected = isForward ? currentStep(definition, state) : undefined;
  if (expected !== undefined && isStep(expected, id)) return undefined;
  return `the journal has the act of "${id}" at place ${state.stage + 1}, where the definition has ${name(expected)}`;
}

/** Why a compensation of this step id cannot stand next in the journal, or undefined where it can. */
export function misplacedCompensation(
  definition: SagaDefinition,
  state: SagaState,
  id: string,
): string | undefined {
  const isUndoing = state.direction === 'backward' || state.isUndoingFirst;
  const item = isUndoing ? state.undo.at(-1) : undefined;
  const expected = item === undefined ? undefined : stepAt(definition, item);
  if (expected !== undefined && isStep(expected, id)) return undefined;
  return `the journal has the compensation of "${id}", where the definition has ${name(expected)}`;
}

function name(step: StepDefinition | undefined): string {
  return step === undefined ? 'none' : `"${step.id}"`;
}
