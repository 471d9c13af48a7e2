import type { SagaDefinition } from '@nest-saga/core';
import { applyEntry, branchOf, nextActions, standingStep, withStatus } from '@nest-saga/core/engine';
import type { SagaState } from '@nest-saga/core/engine';
import type { UndoView } from './page-views.js';

/**
 * The steps that a cancel would undo at this moment, the first one first. It asks the function by which the engine itself
 * decides. A step that runs at this moment is included: how its act ends decides about it.
 *
 * @param isOwned Whether a worker runs the saga.
 */
export function cancelPreview(
  definition: SagaDefinition,
  state: SagaState,
  isOwned: boolean,
): readonly UndoView[] {
  const request = withStatus(definition, state, { kind: 'cancel-requested', reason: 'preview' });
  const cancelled = applyEntry(state, request);
  const [next] = nextActions(definition, { ...cancelled, park: undefined });
  const decided =
    next?.kind === 'record' && next.entry.kind === 'compensation-decided' ? next.entry.undo : [];
  const known = [...state.undo, ...decided].map(({ step, outcome }) => ({ step, outcome, isRunning: false }));
  const running = isOwned && state.wait === undefined ? standingStep(definition, state) : undefined;
  const isOpen = running !== undefined && branchOf(state).retryAt === undefined;
  const isListed = known.some(({ step }) => step === running);
  const open = isOpen && !isListed ? [{ step: running, outcome: 'unknown', isRunning: true }] : [];
  return [...known, ...open].toReversed();
}
