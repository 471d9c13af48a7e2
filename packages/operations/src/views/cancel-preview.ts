import type { SagaDefinition } from '@nest-saga/core';
import { branchOf, standingStep, undoOfCancel } from '@nest-saga/core/engine';
import type { SagaState } from '@nest-saga/core/engine';
import type { UndoView } from './page-views.js';

/**
 * The steps that a cancel would undo at this moment, the first one first; during an undo, those that remain. A step that runs
 * at this moment is included: how its act ends decides about it.
 *
 * @param isOwned Whether a worker runs the saga.
 */
export function cancelPreview(
  definition: SagaDefinition,
  state: SagaState,
  isOwned: boolean,
): readonly UndoView[] {
  const known = (undoOfCancel(definition, state) ?? []).map((item) => ({ ...item, isRunning: false }));
  if (!isOwned || state.direction === 'backward' || state.wait !== undefined) return known;
  const step = standingStep(definition, state);
  const isBetweenAttempts = branchOf(state).retryAt !== undefined;
  if (step === undefined || isBetweenAttempts || known.some((item) => item.step === step)) return known;
  return [{ step, outcome: 'unknown', isRunning: true }, ...known];
}
