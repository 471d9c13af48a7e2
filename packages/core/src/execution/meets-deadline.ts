import type { SagaDefinition } from '../definition/saga-definition.js';
import type { SagaState } from '../journal/saga-state.js';
import { waitAt } from '../journal/stage-steps.js';
import { takenBy } from './awaited-signal.js';

/**
 * Whether the owner records now that the saga has passed its deadline. An undo has no deadline, and a saga whose last
 * stage is in the journal has met it. Pure.
 */
export function meetsDeadline(definition: SagaDefinition, state: SagaState): boolean {
  const { deadline, isOverdue, cancel, direction, stage, signals } = state;
  if (deadline === undefined || !deadline.isOver || isOverdue) return false;
  if (direction === 'backward' || cancel !== undefined || stage >= definition.stages.length) return false;
  // The journal decides alone: a signal that is in it before the deadline ends its wait.
  const wait = waitAt(definition, stage);
  return wait === undefined || takenBy(wait, signals) === undefined;
}
