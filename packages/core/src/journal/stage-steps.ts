import { itemStep, keyIn } from '../definition/item-step.js';
import type { BranchesStage, BranchStage, SagaDefinition, Stage } from '../definition/saga-definition.js';
import { stepsOf } from '../definition/saga-definition.js';
import type { StepDefinition } from '../definition/saga-step.js';
import type { WaitDefinition } from '../definition/wait-definition.js';
import { isStep } from '../definition/saga-step.js';
import { mayEnter } from './guards.js';
import { branchOf } from './branch-state.js';
import { openBranches, orderedLayer } from './stage-branches.js';
import type { NamedStep, SagaState } from './saga-state.js';
import { isSettling, mayAct } from './saga-state.js';

/** Forward: the step whose act is next, or undefined after the last one and in a stage with branches. */
export function currentStep(definition: SagaDefinition, state: SagaState): StepDefinition | undefined {
  return stepAt(definition, state.stage, branchOf(state).isAlternative);
}

/** The primary or the alternative of a stage that has one branch. */
export function stepAt(
  definition: SagaDefinition,
  index: number,
  isAlternative: boolean,
): StepDefinition | undefined {
  const stage = definition.stages[index];
  return stage === undefined || stage.kind === 'wait' || isBranches(stage)
    ? undefined
    : stepIn(stage, isAlternative);
}

/** The primary or the alternative of a branch. */
export function stepIn(stage: BranchStage, isAlternative: boolean): StepDefinition | undefined {
  if (stage.kind === 'step') return isAlternative ? undefined : stage.step;
  return isAlternative ? stage.alternative : stage.primary;
}

/** The step of a stage that the journal names. A stage with branches has it under its id or an alias. */
export function namedStep(definition: SagaDefinition, named: NamedStep): StepDefinition | undefined {
  const stage = definition.stages[named.stage];
  if (stage?.kind === 'for-each') {
    const key = keyIn(named.step);
    return key === undefined || !isStep(stage.step, named.step) ? undefined : itemStep(stage.step, key);
  }
  if (stage?.kind !== 'parallel') return stepAt(definition, named.stage, named.isAlternative);
  return stepsOf(stage).find((step) => isStep(step, named.step));
}

/** The stage with branches at this place. */
export function branchesAt(definition: SagaDefinition, index: number): BranchesStage | undefined {
  const stage = definition.stages[index];
  return stage !== undefined && isBranches(stage) ? stage : undefined;
}

function isBranches(stage: Stage): stage is BranchesStage {
  return stage.kind === 'parallel' || stage.kind === 'for-each';
}

/** The id of the current step: forward the one whose act is next, backward the one whose compensation is next. */
export function standingStep(definition: SagaDefinition, state: SagaState): string | undefined {
  if (!mayAct(state))
    return isSettling(state) ? firstOpenBranch(definition, state) : nextUndo(definition, state);
  if (branchesAt(definition, state.stage) !== undefined) return firstOpenBranch(definition, state);
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
    const open = openBranches(definition, state).map(({ step }) => step);
    const step = currentStep(definition, state);
    return (step === undefined ? open : [step]).flatMap(({ id, aliases }) => [id, ...aliases]);
  }
  const open = state.isUndoingFirst ? state.undo.slice(-1) : [...state.undo, ...state.givenUp];
  return open.flatMap((item) => {
    const step = namedStep(definition, item);
    return step !== undefined && isStep(step, item.step) ? [item.step] : [];
  });
}

function firstOpenBranch(definition: SagaDefinition, state: SagaState): string | undefined {
  const open = openBranches(definition, state);
  const suspect = open.find(({ state: { priorOutcome } }) => priorOutcome === 'unknown') ?? open[0];
  return suspect?.step.id ?? branchesAt(definition, state.stage)?.id;
}

function nextUndo(definition: SagaDefinition, state: SagaState): string | undefined {
  return orderedLayer(definition, state).at(-1)?.step;
}
