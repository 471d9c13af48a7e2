import type { BranchStage, ForEachStage, SagaDefinition } from '../definition/saga-definition.js';
import { stepsOf } from '../definition/saga-definition.js';
import { itemStep, keyIn } from '../definition/item-step.js';
import { isStep } from '../definition/saga-step.js';
import { itemOf } from './stage-items.js';
import type { StepDefinition } from '../definition/saga-step.js';
import { branchOf, freshBranch, hasBranches, isOpenBranch } from './branch-state.js';
import type { BranchState } from './branch-state.js';
import type { ActCompleted } from './journal-entry.js';
import type { SagaState, UndoItem } from './saga-state.js';
import { undoLayer } from './undo-list.js';

/** A branch of the current stage, as the definition and the journal know it together. */
export interface StageBranch {
  /** Its id in the journal. */
  readonly id: string;
  readonly stage: BranchStage;
  /** Its current step: the primary, or the alternative that was chosen. */
  readonly step: StepDefinition;
  readonly state: BranchState;
}

/** The branches of the current stage in their declared order; none if the stage has no branches. */
export function branchesOf(definition: SagaDefinition, state: SagaState): readonly StageBranch[] {
  const stage = definition.stages[state.stage];
  if (stage?.kind === 'for-each') return state.branches.flatMap((branch) => itemBranch(stage, branch));
  return stage?.kind === 'parallel' ? stage.branches.flatMap((branch) => stageBranch(branch, state)) : [];
}

/** The branches of the current stage that have neither completed nor failed. */
export function openBranches(definition: SagaDefinition, state: SagaState): readonly StageBranch[] {
  return branchesOf(definition, state).filter((branch) => isOpenBranch(branch.state));
}

/** The properties of an entry about a branch. The first one of a stage names all branches. */
export function branchFields(
  definition: SagaDefinition,
  state: SagaState,
  { branch }: { readonly branch?: StageBranch },
): Pick<ActCompleted, 'branch' | 'branches'> {
  if (branch === undefined) return none;
  const stage = definition.stages[state.stage];
  if (hasBranches(state) || stage?.kind !== 'parallel') return { branch: branch.id };
  return { branch: branch.id, branches: stage.branches.map(idOf) };
}

const none = Object.freeze({});

/** The layer that is undone first, in the declared order of its branches; an alternative after its primary. */
export function orderedLayer(definition: SagaDefinition, state: SagaState): readonly UndoItem[] {
  const layer = undoLayer(state);
  const stage = definition.stages[layer[0]?.stage ?? -1];
  if (layer.length < 2 || (stage?.kind !== 'parallel' && stage?.kind !== 'for-each')) return layer;
  if (stage.kind === 'for-each') {
    const indexOf = ({ step }: UndoItem): number => itemOf(step, state.decisions)?.index ?? 0;
    return layer.toSorted((left, right) => indexOf(left) - indexOf(right));
  }
  const steps = stepsOf(stage);
  const placeOf = ({ step }: UndoItem): number => steps.findIndex((one) => isStep(one, step));
  return layer.toSorted((left, right) => placeOf(left) - placeOf(right));
}

/** The id of a branch, which is that of its step or of its primary. */
function idOf(branch: BranchStage): string {
  return mainStep(branch).id;
}

/** Whether the journal means this branch. */
export function isBranch(branch: BranchStage, id: string): boolean {
  return isStep(mainStep(branch), id);
}

function itemBranch(stage: ForEachStage, state: BranchState): readonly StageBranch[] {
  const { branch: id = '' } = state;
  const key = keyIn(id);
  if (key === undefined || !isStep(stage.step, id)) return [];
  const step = itemStep(stage.step, key);
  return [{ id, stage: { kind: 'step', step }, step, state }];
}

function mainStep(branch: BranchStage): StepDefinition {
  return branch.kind === 'step' ? branch.step : branch.primary;
}

function stageBranch(stage: BranchStage, state: SagaState): readonly StageBranch[] {
  const named = state.branches.find(({ branch }) => branch !== undefined && isBranch(stage, branch));
  // Until the journal names the branches, they have one state in common.
  const known = named ?? (hasBranches(state) ? freshBranch : branchOf(state));
  const step = stage.kind === 'fallback' && known.isAlternative ? stage.alternative : mainStep(stage);
  return [{ id: known.branch ?? idOf(stage), stage, step, state: known }];
}
