import type { ChoiceDefinition, Guard, GuardedStage } from '../definition/choice-definition.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import type { Decision, Decisions, FailedDecision, StageItems } from './saga-path.js';

/** The decision of a choice, under its id or an alias; undefined before it is made. */
export function decisionOf(
  { id, aliases }: Pick<ChoiceDefinition, 'id' | 'aliases'>,
  decisions: Decisions,
): Decision | undefined {
  const known = [id, ...aliases].find((one) => Object.hasOwn(decisions, one));
  return known === undefined ? undefined : decisions[known];
}

/** Whether a choice failed. */
export function isFailedDecision(decision: Decision | undefined): decision is FailedDecision {
  return typeof decision === 'object' && decision !== null && 'error' in decision;
}

/** The decisions without those that failed, which are made again after an operator's retry. */
export function withoutFailed(decisions: Decisions): Decisions {
  const failed = Object.values(decisions).some(isFailedDecision);
  if (!failed) return decisions;
  return Object.fromEntries(Object.entries(decisions).filter(([, decision]) => !isFailedDecision(decision)));
}

/** Whether a decision has the items of a stage. */
export function isItems(decision: Decision | undefined): decision is StageItems {
  return typeof decision === 'object' && decision !== null && 'keys' in decision;
}

/** Whether every condition of a stage was decided, and holds. */
export function mayEnter({ guards }: GuardedStage, decisions: Decisions): boolean {
  return guards === undefined || guards.every((guard) => holds(guard, decisions));
}

/** Whether a condition of a stage was decided so that it does not run. */
export function isSkipped({ guards = [] }: GuardedStage, decisions: Decisions): boolean {
  return guards.some((guard) => {
    const decision = decisionOf(guard.decision, decisions);
    return decision !== undefined && !isHeld(guard, decision);
  });
}

/** The first condition of a stage that was not decided so that the stage runs. */
export function closedGuard({ guards = [] }: GuardedStage, decisions: Decisions): Guard | undefined {
  return guards.find((guard) => !holds(guard, decisions));
}

/**
 * Why the decisions of a journal do not fit the choices of a definition, or undefined if they do. A saga that decided
 * something must not be asked again, so each choice has to be there, with the case that was chosen.
 */
export function misfitOfDecisions(
  { choices }: Pick<SagaDefinition, 'choices'>,
  decisions: Decisions,
): string | undefined {
  for (const [id, decision] of Object.entries(decisions)) {
    const choice = choices.find((one) => one.id === id || one.aliases.includes(id));
    if (choice === undefined)
      return `the journal has a decision of "${id}", which the definition does not have`;
    if (!isAnswerOf(choice, decision))
      return `the journal decided ${JSON.stringify(decision)} at "${id}", which the definition does not have there`;
  }
  return undefined;
}

function isAnswerOf({ kind, cases }: ChoiceDefinition, decision: Decision): boolean {
  if (isFailedDecision(decision)) return true;
  if (kind === 'for-each') return isItems(decision);
  if (kind === 'when') return typeof decision === 'boolean';
  return decision === null || (typeof decision === 'string' && cases.includes(decision));
}

function holds({ decision, equals }: Guard, decisions: Decisions): boolean {
  return isHeld({ decision, equals }, decisionOf(decision, decisions));
}

/** A stage without an item is skipped. */
function isHeld({ equals }: Guard, decision: Decision | undefined): boolean {
  return isItems(decision) ? decision.keys.length > 0 : decision === equals;
}
