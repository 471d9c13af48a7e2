import type { SagaDefinition } from '../definition/saga-definition.js';
import { applyEntry } from '../journal/apply-entry.js';
import type { EntryDraft } from '../journal/journal-entry.js';
import type { Park } from '../journal/park.js';
import type { SagaState, StageWait } from '../journal/saga-state.js';
import { waitAt } from '../journal/stage-steps.js';
import { takenBy } from './awaited-signal.js';
import { beginningOf } from './begin-wait.js';
import type { WaitingRule } from './begin-wait.js';
import { endOf, failedWait } from './end-wait.js';
import { nextActions } from './next-actions.js';
import type { WaitAction } from './next-wait.js';

/** The entry to write next, if what comes next is no call of a handler and no wait in memory. */
export function nextEntry(
  definition: SagaDefinition,
  sagaId: string,
  state: SagaState,
  rule: WaitingRule,
): EntryDraft | undefined {
  const action = nextActions(definition, state)[0];
  switch (action?.kind) {
    case 'record':
      return action.entry;
    case 'begin-wait': {
      const beginning = beginningOf(definition, action.wait, state.context, rule);
      if ('thrown' in beginning) return failedWait(action.wait, 'failed', beginning.thrown);
      return { kind: 'parked', ...beginning };
    }
    case 'end-wait':
      return endOf(definition, sagaId, state.context, action);
    case 'wait':
      return state.wait !== undefined && isToPark(state, action, rule)
        ? { kind: 'parked', park: restOf(state.wait) }
        : undefined;
    case 'act':
    case 'compensate':
    case undefined:
      return undefined;
  }
}

/** Whether a wait of the list goes on without an owner: what is left of it is long. */
export function isToPark({ wait }: SagaState, { forMs }: WaitAction, { parkAboveMs }: WaitingRule): boolean {
  return wait !== undefined && parkAboveMs !== undefined && forMs > parkAboveMs;
}

/**
 * An entry that may lead to a wait, with what it says of that wait. What cannot be said with it, because a function of the
 * definition throws, is left to the wait itself. With events it says nothing: they are delivered before a saga parks.
 */
export function leadingToWait(
  definition: SagaDefinition,
  state: SagaState,
  draft: EntryDraft,
  rule: WaitingRule,
): EntryDraft {
  if (draft.kind !== 'act-completed' && draft.kind !== 'wait-ended') return draft;
  // The way of nearly every entry: nothing is folded twice.
  if (definition.stages[state.stage + 1]?.kind !== 'wait' || 'events' in draft) return draft;
  const after = applyEntry(state, draft);
  const wait = after.direction === 'forward' ? waitAt(definition, after.stage) : undefined;
  if (wait === undefined || takenBy(wait, after.signals) !== undefined) return draft;
  const beginning = beginningOf(definition, wait, after.context, rule);
  return 'thrown' in beginning ? draft : { ...draft, ...beginning };
}

/** Until the moment at which the wait is over, which the time since its last owner's claim does not move. */
function restOf(wait: StageWait): Park {
  const base = { for: wait.for, name: wait.name, dueInMs: undefined };
  return wait.endsAt === undefined ? base : { ...base, nextRunAt: new Date(wait.endsAt) };
}
