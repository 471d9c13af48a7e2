import type { Json } from '../context/context-codec.js';
import type { ChoiceDefinition } from '../definition/choice-definition.js';
import type { SagaDefinition, Stage } from '../definition/saga-definition.js';
import { stageId } from '../definition/saga-definition.js';
import { recordError } from '../errors/recorded-error.js';
import { SagaStuckReason } from '../errors/saga-failure.js';
import { SagaChoiceError } from '../errors/saga-choice-error.js';
import { isThenable } from '../identity/thrown.js';
import { closedGuard, decisionOf, isFailedDecision } from '../journal/guards.js';
import type { ActFailed, MarkedStuck } from '../journal/journal-entry.js';
import type { Decision, Decisions, SagaPath } from '../journal/saga-path.js';
import type { SagaState } from '../journal/saga-state.js';
import type { Clock } from '../ports/clock.js';
import { callWith } from './begin-wait.js';
import { readItems } from './read-items.js';

/** The point at which a saga chooses its path. */
export interface Crossing {
  /** The index of the next stage, from 0. */
  readonly stage: number;
  /** The decisions so far. */
  readonly decisions: Decisions;
  /** The context as the next stage sees it. */
  readonly context: Json;
}

/** The decisions of a choice that was just made, with the error that a start throws. */
interface Chosen {
  readonly path: SagaPath;
  /** Undefined unless a choice failed. */
  readonly thrown: SagaChoiceError | undefined;
}

/**
 * The path to the first stage that runs: it asks every choice on the way that was not decided yet, once. Undefined if the
 * next stage is under no condition. An error thrown here means that the saga's record cannot be used.
 */
export function choosePath(definition: SagaDefinition, crossing: Crossing): Chosen | undefined {
  const { stages } = definition;
  // hot path: most stages are under no condition.
  if (stages[crossing.stage]?.guards === undefined) return undefined;
  let { decisions } = crossing;
  const skipped: string[] = [];
  const made: Record<string, Decision> = {};
  let thrown: SagaChoiceError | undefined;
  for (let index = crossing.stage; ;) {
    const stage = stages[index];
    const closed = stage && closedGuard(stage, decisions);
    if (stage === undefined || closed === undefined) break;
    const { decision: choice } = closed;
    const known = decisionOf(choice, decisions);
    if (isFailedDecision(known)) break;
    if (known === undefined) {
      const chosen = choose(definition, stage, choice, crossing.context);
      thrown = chosen.thrown;
      made[choice.id] = chosen.decision;
      decisions = { ...decisions, [choice.id]: chosen.decision };
    } else {
      skipped.push(stageId(stage));
      index++;
    }
  }
  const path = {
    ...(skipped.length === 0 ? {} : { skipped }),
    ...(Object.keys(made).length === 0 ? {} : { decisions: made }),
  };
  return { path, thrown };
}

/** The entry of a choice that failed: the saga is undone, or STUCK if it is past the point of no return. */
export function failureOfChoice(
  definition: SagaDefinition,
  { stage, decisions, isPastPivot }: SagaState,
  clock: Clock,
): ActFailed | MarkedStuck | undefined {
  const next = definition.stages[stage];
  const closed = next && closedGuard(next, decisions);
  const decision = closed && decisionOf(closed.decision, decisions);
  if (closed === undefined || !isFailedDecision(decision)) return undefined;
  const { id: step } = closed.decision;
  const { error } = decision;
  if (isPastPivot)
    return { kind: 'stuck', reason: SagaStuckReason.ForwardExhausted, step, message: error.message };
  const now = new Date(clock.now());
  return {
    kind: 'act-failed',
    step,
    attempt: 1,
    startedAt: now,
    finishedAt: now,
    error,
    outcome: 'failed',
    next: 'compensate',
    undo: false,
  };
}

interface MadeChoice {
  readonly decision: Decision;
  readonly thrown?: SagaChoiceError;
}

function choose(
  definition: SagaDefinition,
  stage: Stage,
  choice: ChoiceDefinition,
  context: Json,
): MadeChoice {
  const { name } = definition;
  const { id, select } = choice;
  const given = callWith(definition, context, (copy) => {
    const answer = select(copy);
    const isItems = choice.kind === 'for-each' && stage.kind === 'for-each';
    return { answer: isItems ? readItems(definition, stage, answer) : read(choice, answer) };
  });
  if ('thrown' in given) {
    const { thrown } = given;
    const error = recordError(thrown);
    return { decision: { error }, thrown: new SagaChoiceError(name, id, error.message, { cause: thrown }) };
  }
  const { answer } = given;
  if (answer !== null || choice.otherwise === 'skip') return { decision: answer };
  const thrown = new SagaChoiceError(name, id, 'no case has the name that its function returned');
  return { decision: { error: recordError(thrown) }, thrown };
}

/** The answer of a choice; null if no case has this name. */
function read({ id, kind, cases }: ChoiceDefinition, given: unknown): boolean | string | null {
  if (isThenable(given)) throw new TypeError(`The function of the choice "${id}" has to be synchronous.`);
  if (kind === 'when') return Boolean(given);
  return typeof given === 'string' && cases.includes(given) ? given : null;
}
