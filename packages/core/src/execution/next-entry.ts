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

/** The entry to write next; undefined if the next action calls a handler or waits in memory. */
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

/** Whether a wait stage continues without an owner, because the rest of the wait is long. */
export function isToPark({ wait }: SagaState, { forMs }: WaitAction, { parkAboveMs }: WaitingRule): boolean {
  return wait !== undefined && parkAboveMs !== undefined && forMs > parkAboveMs;
}

/**
 * An entry that may lead to a wait, with the properties of that wait. If a function of the definition throws, the wait
 * begins with its own entry. The same holds if the entry has events, because they are delivered before a saga is
 * parked.
 */
export function leadingToWait(
  definition: SagaDefinition,
  state: SagaState,
  draft: EntryDraft,
  rule: WaitingRule,
): EntryDraft {
  if (draft.kind !== 'act-completed' && draft.kind !== 'wait-ended') return draft;
  // hot path: nearly every entry ends here, before anything is folded twice.
  if (definition.stages[state.stage + 1]?.kind !== 'wait' || 'events' in draft) return draft;
  const after = applyEntry(state, draft);
  const wait = after.direction === 'forward' ? waitAt(definition, after.stage) : undefined;
  if (wait === undefined || takenBy(wait, after.signals) !== undefined) return draft;
  const beginning = beginningOf(definition, wait, after.context, rule);
  return 'thrown' in beginning ? draft : { ...draft, ...beginning };
}

/** The rest of a wait, up to the same moment as before, however much time has passed since its last owner's claim. */
function restOf(wait: StageWait): Park {
  const base = { for: wait.for, name: wait.name, dueInMs: undefined };
  return wait.endsAt === undefined ? base : { ...base, nextRunAt: new Date(wait.endsAt) };
}
