import type { GuardedStage } from '../definition/choice-definition.js';

/** The conditions of a stage in words, the outermost first: `gift`, or `pay is card`. Empty for a stage that always runs. */
export function describeGuards({ guards = [] }: GuardedStage): readonly string[] {
  return guards
    .filter(({ decision }) => decision.kind !== 'for-each')
    .map(({ decision, equals }) => (equals === true ? decision.id : `${decision.id} is ${equals}`));
}
