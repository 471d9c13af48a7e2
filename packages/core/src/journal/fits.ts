import type { SagaDefinition } from '../definition/saga-definition.js';
import { isStep } from '../definition/saga-step.js';
import { branchOf, hasBranches } from './branch-state.js';
import { misfitOfDecisions } from './guards.js';
import { noDecisions } from './saga-path.js';
import { isBranch } from './stage-branches.js';
import type { NamedStep, SagaState } from './saga-state.js';
import { nowhere } from './saga-state.js';
import { currentStep, namedStep, branchesAt, stepAt, waitAt } from './stage-steps.js';

/**
 * Why a journal does not fit the steps of a definition, or undefined if it does: a journal fits if the definition has
 * every step of it at the same stage, under its id or an alias, and every chosen alternative. Pure.
 */
export function fits(definition: SagaDefinition, state: SagaState): string | undefined {
  for (const named of state.named) {
    const problem = misplaced(definition, named);
    if (problem !== undefined) return problem;
  }
  if (state.decisions !== noDecisions) {
    const misfit = misfitOfDecisions(definition, state.decisions);
    if (misfit !== undefined) return misfit;
  }
  const branches = misfitOfBranches(definition, state);
  if (branches !== undefined) return branches;
  const isChosen = state.direction === 'forward' && branchOf(state).isAlternative;
  if (!isChosen || currentStep(definition, state) !== undefined) return undefined;
  return `the journal chose an alternative at place ${state.stage + 1}, where the definition has none`;
}

/** The set of branches has to be the same; their order may change. */
function misfitOfBranches(definition: SagaDefinition, { stage, branches }: SagaState): string | undefined {
  if (!hasBranches({ branches })) return undefined;
  const at = definition.stages[stage];
  if (at?.kind === 'for-each' && branches.every(({ branch: id = '' }) => isStep(at.step, id)))
    return undefined;
  const declared = at?.kind === 'parallel' ? at.branches : [];
  const isSame =
    declared.length === branches.length &&
    branches.every(({ branch: id }) => declared.some((one) => id !== undefined && isBranch(one, id)));
  if (isSame) return undefined;
  const found = branches.map(({ branch }) => `"${branch}"`).join(', ');
  return `the journal has the branches ${found} at place ${stage + 1}, where the definition has others`;
}

function misplaced(definition: SagaDefinition, named: NamedStep): string | undefined {
  if (named.stage === nowhere) return `the journal has "${named.step}" where no step can stand`;
  const { stage, isAlternative } = named;
  const parallel = branchesAt(definition, stage);
  if (parallel !== undefined && (namedStep(definition, named) !== undefined || isStep(parallel, named.step)))
    return undefined;
  const wait = isAlternative ? undefined : (waitAt(definition, stage) ?? parallel);
  const expected = stepAt(definition, stage, isAlternative) ?? wait;
  if (expected !== undefined && isStep(expected, named.step)) return undefined;
  // An act that failed may be that of a choice before the stage.
  const guards = definition.stages[stage]?.guards ?? [];
  if (guards.some(({ decision }) => isStep(decision, named.step))) return undefined;
  const found = expected === undefined ? 'none' : `"${expected.id}"`;
  return `the journal has "${named.step}" at place ${named.stage + 1}, where the definition has ${found}`;
}
