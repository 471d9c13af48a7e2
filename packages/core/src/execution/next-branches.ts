import type { BranchesStage, SagaDefinition } from '../definition/saga-definition.js';
import { isStep } from '../definition/saga-step.js';
import type { BegunStep, BranchesAbandoned } from '../journal/journal-entry.js';
import { mayEnter } from '../journal/guards.js';
import { isSettling } from '../journal/saga-state.js';
import type { SagaState, UndoItem } from '../journal/saga-state.js';
import { branchesOf, openBranches, orderedLayer } from '../journal/stage-branches.js';
import type { StageBranch } from '../journal/stage-branches.js';
import { itemOf } from '../journal/stage-items.js';
import type { PlacedItem } from '../journal/stage-items.js';
import { namedStep, branchesAt } from '../journal/stage-steps.js';
import { undoBranch } from '../journal/undo-list.js';
import type { Action } from './action.js';
import { isUndoneAfter } from './is-undone-after.js';

/** Whether several attempts of the saga may run at the same time. */
export function isSideBySide(definition: SagaDefinition, state: SagaState): boolean {
  if (state.direction === 'forward') {
    const next = definition.stages[state.stage];
    return (
      next !== undefined &&
      (next.kind === 'parallel' || next.kind === 'for-each') &&
      mayEnter(next, state.decisions)
    );
  }
  const stage = state.undo.at(-1)?.stage;
  return isSettling(state) || (stage !== undefined && branchesAt(definition, stage)?.undo === 'parallel');
}

/** What every open branch of a stage does next, in their declared order. */
export function nextOfBranches(
  definition: SagaDefinition,
  stage: BranchesStage,
  state: SagaState,
): readonly Action[] {
  const branches = branchesOf(definition, state);
  if (branches.every((branch) => branch.state.end === 'completed')) return [{ kind: 'join', stage }];
  const open = openBranches(definition, state);
  // In their declared order, and one that waits for its next attempt keeps its slot.
  const slots = stage.kind === 'for-each' ? open.slice(0, stage.concurrency) : open;
  return slots.flatMap((branch) => nextOfBranch(definition, state, branch));
}

/**
 * The entry for the branches that may have begun when the saga was to be undone, and of which no entry says how they
 * ended; undefined if there are none. It may be written when none of them runs any more.
 */
export function nextOfSettling(definition: SagaDefinition, state: SagaState): BranchesAbandoned | undefined {
  const begun = openBranches(definition, state).filter((branch) => hasBegun(branch));
  if (begun.length === 0) return undefined;
  const steps = begun.map(({ step }) => step.id);
  return { kind: 'branches-abandoned', steps, undo: openDoubts(definition, state) };
}

/** The open branches that have begun and are undone, with the known outcomes of their acts. */
export function openDoubts(definition: SagaDefinition, state: SagaState): readonly BegunStep[] {
  return openBranches(definition, state).flatMap((branch): readonly BegunStep[] => {
    const { step } = branch;
    const outcome = branch.state.priorOutcome;
    if (outcome === undefined || !hasBegun(branch) || !isUndoneAfter(step.compensateOn, outcome)) return [];
    return [{ step: step.id, outcome }];
  });
}

/**
 * The compensations of the layer that is undone first: the last one in the declared order, or all of them side by side.
 * Undefined if the definition does not have a step of it.
 */
export function nextOfLayer(definition: SagaDefinition, state: SagaState): readonly Action[] | undefined {
  const layer = orderedLayer(definition, state);
  const last = layer.at(-1);
  if (last === undefined) return [{ kind: 'record', entry: { kind: 'settled' } }];
  const isParallel =
    state.direction === 'backward' && branchesAt(definition, last.stage)?.undo === 'parallel';
  const limit = isParallel ? limitOf(definition, last.stage) : 1;
  // A halted compensation waits for a person, and leaves its slot to the others.
  const open = isParallel ? layer.filter(({ step }) => undoBranch(state, step).end !== 'halted') : [last];
  const items = open.toReversed().slice(0, limit);
  const actions = items.flatMap((item) => nextUndo(definition, state, item, isParallel && layer.length > 1));
  return items.every((item) => namedStep(definition, item) !== undefined) ? actions : undefined;
}

/** Of a stage with items, no more compensations run at the same time than acts. */
function limitOf(definition: SagaDefinition, index: number): number {
  const stage = branchesAt(definition, index);
  return stage?.kind === 'for-each' ? stage.concurrency : Number.POSITIVE_INFINITY;
}

/** An act that was called, or may have been. Of a primary that is undone first, the journal says how it ended. */
function hasBegun({ state: { priorOutcome, isUndoingFirst } }: StageBranch): boolean {
  return priorOutcome !== undefined && !isUndoingFirst;
}

function nextOfBranch(definition: SagaDefinition, state: SagaState, branch: StageBranch): readonly Action[] {
  const { retryAt, retryDelayMs, failedAttempts, isUndoingFirst } = branch.state;
  if (retryAt !== undefined) return [{ kind: 'wait', until: retryAt, forMs: retryDelayMs }];
  const { step } = branch;
  const attempt = failedAttempts + 1;
  const act = { kind: 'act', step, attempt, branch } as const;
  if (!isUndoingFirst) return [withItem(act, branch.id, state)];
  const item = state.undo.findLast(({ stage, step: id }) => stage === state.stage && isStep(step, id));
  return item === undefined ? [] : [{ kind: 'compensate', step, item, attempt, branch }];
}

function withItem<Call extends object>(
  call: Call,
  id: string,
  state: SagaState,
): Call & { readonly placed?: PlacedItem } {
  const placed = itemOf(id, state.decisions);
  return placed === undefined ? call : { ...call, placed };
}

function nextUndo(
  definition: SagaDefinition,
  state: SagaState,
  item: UndoItem,
  isOneOfMany: boolean,
): readonly Action[] {
  const { retryAt, retryDelayMs, failedAttempts, end } = undoBranch(state, item.step);
  if (end === 'halted') return [];
  if (retryAt !== undefined) return [{ kind: 'wait', until: retryAt, forMs: retryDelayMs }];
  const step = namedStep(definition, item);
  if (step === undefined) return [];
  const action = { kind: 'compensate', step, item, attempt: failedAttempts + 1 } as const;
  const placed = withItem(action, item.step, state);
  return [isOneOfMany ? { ...placed, isSideBySide: true } : placed];
}
