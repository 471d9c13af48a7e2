import type { SagaDefinition } from '../definition/saga-definition.js';
import { applyEntry } from '../journal/apply-entry.js';
import { branchOf } from '../journal/branch-state.js';
import { mayEnter } from '../journal/guards.js';
import type { EntryDraft, PathDecided } from '../journal/journal-entry.js';
import type { Park } from '../journal/park.js';
import type { SagaState } from '../journal/saga-state.js';
import { mayAct } from '../journal/saga-state.js';
import { waitAt } from '../journal/stage-steps.js';
import { takenBy } from './awaited-signal.js';
import { beginningOf } from './begin-wait.js';
import type { WaitingRule } from './begin-wait.js';
import { choosePath, failureOfChoice } from './choose-path.js';
import { endOf, failedWait } from './end-wait.js';
import { isLast, joinedByHand } from './join-branches.js';
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
    case 'choose':
      return failureOfChoice(definition, state, rule.clock) ?? decided(definition, state);
    case 'begin-wait': {
      const beginning = beginningOf(definition, action.wait, state.context, rule);
      if ('thrown' in beginning) return failedWait(state, action.wait, 'failed', beginning.thrown);
      return { kind: 'parked', ...beginning };
    }
    case 'end-wait':
      return endOf(definition, sagaId, state, action);
    case 'join':
      return joinedByHand(definition, action.stage, sagaId, state, rule.clock.now());
    case 'wait':
      return isToPark(action, rule) ? { kind: 'parked', park: restOf(state, action) } : undefined;
    case 'act':
    case 'compensate':
    case undefined:
      return undefined;
  }
}

/** The entry of a path to which no other entry led. */
function decided(definition: SagaDefinition, state: SagaState): PathDecided {
  return { kind: 'path-decided', path: choosePath(definition, state)?.path ?? {} };
}

/**
 * An entry that leads to the next stage, with the path to it. The context is the one after the entry.
 */
export function leadingToStage(definition: SagaDefinition, state: SagaState, draft: EntryDraft): EntryDraft {
  if (draft.kind !== 'act-completed' && draft.kind !== 'wait-ended') return draft;
  const stage = state.stage + 1;
  // hot path: nearly every entry ends here.
  if (definition.stages[stage]?.guards === undefined) return draft;
  const isPivot = draft.kind === 'act-completed' && draft.pivot === true;
  if (draft.kind === 'act-completed' && draft.branch !== undefined && !isLast(definition, state, draft))
    return draft;
  const isLeading = mayAct(state) && (state.cancel === undefined || isPivot) && !('next' in draft);
  if (!isLeading) return draft;
  const { context = state.context } = draft;
  const chosen = choosePath(definition, { stage, decisions: state.decisions, context });
  return chosen === undefined ? draft : { ...draft, path: chosen.path };
}

/** Whether a wait continues without an owner, because the rest of the wait is long and no entry has parked the saga. */
export function isToPark({ forMs }: WaitAction, { parkAboveMs }: WaitingRule): boolean {
  return parkAboveMs !== undefined && forMs > parkAboveMs;
}

/**
 * An entry that may lead to a wait, with the properties of that wait. If a function of the definition throws, the wait
 * begins with its own entry. The same holds if the entry has events for handlers of this process, because they are
 * delivered before a saga is parked.
 */
export function leadingToWait(
  definition: SagaDefinition,
  state: SagaState,
  draft: EntryDraft,
  rule: WaitingRule,
  waitsForHandlers = 'events' in draft,
): EntryDraft {
  if (draft.kind !== 'act-completed' && draft.kind !== 'wait-ended') return draft;
  // hot path: nearly every entry ends here, before anything is folded twice.
  const stage = state.stage + 1 + (draft.path?.skipped?.length ?? 0);
  if (definition.stages[stage]?.kind !== 'wait' || waitsForHandlers) return draft;
  const after = applyEntry(state, draft);
  const wait = after.direction === 'forward' ? waitAt(definition, after.stage) : undefined;
  if (!mayEnter(definition.stages[stage], after.decisions)) return draft;
  if (wait === undefined || takenBy(wait, after.signals) !== undefined) return draft;
  const beginning = beginningOf(definition, wait, after.context, rule);
  return 'thrown' in beginning ? draft : { ...draft, ...beginning };
}

/** The rest of a wait, up to the same moment as before, however much time has passed since its last owner's claim. */
export function restOf(
  { wait, branches, isOverdue }: SagaState,
  { until: retryAt, forMs }: Omit<WaitAction, 'kind'>,
): Park {
  const waiting = branches.find((branch) => branch.retryAt === retryAt) ?? branchOf({ branches });
  const { step: name = '', retryEndsAt } = waiting;
  if (wait === undefined)
    return until({ for: isOverdue ? 'overdue' : 'retry', name, dueInMs: Math.ceil(forMs) }, retryEndsAt);
  return until({ for: wait.for, name: wait.name, dueInMs: undefined }, wait.endsAt);
}

function until(park: Park, endsAt: number | undefined): Park {
  return endsAt === undefined ? park : { ...park, dueInMs: undefined, nextRunAt: new Date(endsAt) };
}
