import type { SagaDefinition } from '../definition/saga-definition.js';
import type { StepOutcome } from '../definition/step-run.js';
import { nextActions } from '../execution/next-actions.js';
import { applyEntry } from '../journal/apply-entry.js';
import type { SagaState } from '../journal/saga-state.js';
import { isTerminal, SagaStatus } from '../journal/saga-status.js';

/** A step that would be undone. */
export interface UndoPreview {
  readonly step: string;
  /** The known outcome of its act: `unknown` if its effect is in doubt. */
  readonly outcome: StepOutcome;
}

/**
 * The steps that a cancel would undo now, in the order in which they would be undone; during an undo, those that remain.
 * Undefined if a cancel has no effect: the saga has ended, or it passed its pivot. An act that runs at the moment is left
 * out: its end decides. Pure.
 */
export function undoOfCancel(
  definition: SagaDefinition,
  state: SagaState,
): readonly UndoPreview[] | undefined {
  if (isTerminal(state.status)) return undefined;
  if (state.direction === 'backward') return previewOf(state);
  const isStuck = state.status === SagaStatus.Stuck;
  const asked = applyEntry(state, {
    kind: 'cancel-requested',
    reason: 'a preview',
    ...(isStuck ? { status: SagaStatus.Running } : {}),
  });
  if (asked.cancel === undefined) return undefined;
  const [action] = nextActions(definition, { ...asked, park: undefined });
  if (action?.kind !== 'record' || action.entry.kind !== 'compensation-decided') return previewOf(asked);
  return previewOf(applyEntry(asked, action.entry));
}

function previewOf({ undo }: SagaState): readonly UndoPreview[] {
  return undo.toReversed().map(({ step, outcome }) => ({ step, outcome }));
}
