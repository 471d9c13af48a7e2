import type { DeclaredChoice } from './choice.js';
import { branchesOf, isChoice } from './choice.js';

/** A checked choice, with all defaults filled in. */
export interface ChoiceDefinition {
  readonly id: string;
  readonly aliases: readonly string[];
  /** `for-each`: its function returns the items of the stage, which has the same id. */
  readonly kind: 'when' | 'choose' | 'for-each';
  /** Returns the condition of `when`, or the name of a case. */
  readonly select: (context: unknown) => unknown;
  /** The names of the cases; none for `when`. */
  readonly cases: readonly string[];
  readonly otherwise: 'fail' | 'skip';
}

/** The condition of a stage: it runs only if the choice was decided in this way. */
export interface Guard {
  readonly decision: ChoiceDefinition;
  readonly equals: boolean | string;
}

/** A stage may be under conditions. */
export interface GuardedStage {
  /** All have to hold, the outermost first. Absent for a stage that always runs. */
  readonly guards?: readonly Guard[];
}

/** Fills in the defaults of a checked choice. */
export function fillChoice(declared: DeclaredChoice<unknown>): ChoiceDefinition {
  const { id, kind, aliases = [] } = declared;
  return Object.freeze({
    id,
    aliases: Object.freeze([...aliases]),
    kind,
    select: (kind === 'when' ? declared.predicate : declared.select) as ChoiceDefinition['select'],
    cases: Object.freeze(kind === 'when' ? [] : branchesOf(declared).map(({ equals }) => String(equals))),
    otherwise: (kind === 'when' ? undefined : declared.otherwise) ?? 'fail',
  });
}

/** A stage of a flat list, with the conditions under which it runs. */
export interface FlatStage<Stage> {
  readonly declared: Stage;
  readonly guards: readonly Guard[];
}

/**
 * The stages of a list without its choices, in order: every stage keeps its index, whatever is decided.
 *
 * @typeParam Leaf A stage of any kind except a choice.
 * @param onChoice Called with each choice, the outer ones before the inner ones.
 */
export function flatten<Leaf>(
  list: readonly (Leaf | DeclaredChoice<unknown>)[],
  onChoice: (choice: ChoiceDefinition) => void = () => {},
  guards: readonly Guard[] = [],
): readonly FlatStage<Leaf>[] {
  return list.flatMap((declared) => {
    if (!isChoice(declared)) return [{ declared, guards }];
    const decision = fillChoice(declared);
    onChoice(decision);
    return branchesOf(declared).flatMap(({ equals, stages }) =>
      flatten(stages as typeof list, onChoice, [...guards, Object.freeze({ decision, equals })]),
    );
  });
}
