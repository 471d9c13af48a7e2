import type { SagaDefinition } from '../definition/saga-definition.js';
import type { StepDefinition } from '../definition/saga-step.js';
import type { WaitDefinition } from '../definition/wait-definition.js';
import { isStep } from '../definition/saga-step.js';
import { mayEnter } from './guards.js';
import { branchOf } from './branch-state.js';
import type { SagaState } from './saga-state.js';
import { mayAct } from './saga-state.js';

/** Forward: the step whose act is next, or undefined after the last one. */
export function currentStep(definition: SagaDefinition, state: SagaState): StepDefinition | undefined {
  return stepAt(definition, state.stage, branchOf(state).isAlternative);
}

/** The primary or the alternative of a stage. */
export function stepAt(
  definition: SagaDefinition,
  index: number,
  isAlternative: boolean,
): StepDefinition | undefined {
  const stage = definition.stages[index];
  if (stage === undefined || stage.kind === 'wait') return undefined;
  if (stage.kind === 'step') return isAlternative ? undefined : stage.step;
  return isAlternative ? stage.alternative : stage.primary;
}

/** The id of the current step: forward the one whose act is next, backward the one whose compensation is next. */
export function standingStep(definition: SagaDefinition, state: SagaState): string | undefined {
  if (!mayAct(state)) return state.undo.at(-1)?.step;
  return (currentStep(definition, state) ?? waitAt(definition, state.stage))?.id;
}

/** The wait at a stage. */
export function waitAt(definition: SagaDefinition, stage: number): WaitDefinition | undefined {
  const place = definition.stages[stage];
  return place?.kind === 'wait' ? place.wait : undefined;
}

/** The steps that an operator can resolve: the one whose act is next, or every one that remains to be compensated. */
export function openSteps(definition: SagaDefinition, state: SagaState): readonly string[] {
  if (mayAct(state)) {
    // A stage that was not chosen has no effect that an operator could confirm.
    const stage = definition.stages[state.stage];
    if (stage !== undefined && !mayEnter(stage, state.decisions)) return [];
    const step = currentStep(definition, state);
    return step === undefined ? [] : [step.id, ...step.aliases];
  }
  const open = state.isUndoingFirst ? state.undo.slice(-1) : [...state.undo, ...state.givenUp];
  return open.flatMap((item) => {
    const step = stepAt(definition, item.stage, item.isAlternative);
    return step !== undefined && isStep(step, item.step) ? [item.step] : [];
  });
}
