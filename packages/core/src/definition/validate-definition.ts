import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import { isPlainObject } from '../identity/values.js';
import { checkTable, checkValues } from '../options/check-table.js';
import { checkKinds, checkKindsOfFallback, checkOptionsOfKind } from './check-kinds.js';
import { branchesOf, isChoice } from './choice.js';
import type { DeclaredChoice } from './choice.js';
import { flatten } from './choice-definition.js';
import { choiceTables } from './choice-tables.js';
import { fallbackTable } from './fallback-table.js';
import { checkedElsewhere } from '../options/option.js';
import type { OptionTable, OptionTableOf } from '../options/option.js';
import { sagaTable, stepTable } from './saga-tables.js';
import type { Fallback } from './fallback.js';
import { isFallback } from './fallback.js';
import { isSagaSignal } from './saga-signal.js';
import { waitTables } from './wait-tables.js';
import { isWait } from './waits.js';
import type { DeclaredWait } from './waits.js';
import type { DeclaredLeaf, DeclaredSaga, DeclaredStage, DeclaredStep } from './saga-definition.js';

/** The pattern of the names of sagas and the ids of steps. */
export const namePattern = /^[A-Za-z][\w.:-]{0,99}$/;

const declaredStepTable: OptionTableOf<DeclaredStep> = { ...stepTable, handler: checkedElsewhere() };

const declaredSagaTable: OptionTableOf<DeclaredSaga> = { ...sagaTable, steps: checkedElsewhere() };

const declaredFallbackTable: OptionTableOf<Fallback<DeclaredStep>> = {
  ...fallbackTable,
  kind: checkedElsewhere(),
  primary: checkedElsewhere(),
  alternative: checkedElsewhere(),
};

/** The problems of one declared saga; empty if it can run. */
export function validateSaga(saga: DeclaredSaga): readonly SagaDefinitionProblem[] {
  const where = `saga "${saga.name}"`;
  return [
    ...checkName(where, 'name', saga.name),
    ...checkDeclared(where, saga, declaredSagaTable),
    ...checkSteps(where, saga),
  ];
}

/** The problems between sagas: two with the same name and version. */
export function validateUniqueSagas(sagas: readonly DeclaredSaga[]): readonly SagaDefinitionProblem[] {
  const seen = new Set<string>();
  const problems: SagaDefinitionProblem[] = [];
  for (const { name, version = 1 } of sagas) {
    const identity = `${name} version ${version}`;
    if (seen.has(identity)) {
      problems.push({
        where: `saga "${name}"`,
        problem: `${identity} is declared twice`,
        remedy: 'Give each saga its own name, or a changed one a higher version',
      });
    }
    seen.add(identity);
  }
  return problems;
}

// An instance of the application's own class may have more properties than these; a literal is a list of options.
function checkDeclared(
  where: string,
  declared: object,
  table: OptionTable,
): readonly SagaDefinitionProblem[] {
  const check = isPlainObject(declared) ? checkTable : checkValues;
  return check({ where, path: '' }, declared, table);
}

function checkName(where: string, what: string, name: unknown): readonly SagaDefinitionProblem[] {
  if (typeof name === 'string' && namePattern.test(name)) return [];
  return [
    {
      where,
      problem: `the ${what} ${JSON.stringify(name) ?? 'undefined'} is not allowed`,
      remedy:
        'Start with a letter and go on with letters, digits, "_", ".", ":" or "-", 100 characters at most',
    },
  ];
}

function checkSteps(where: string, saga: DeclaredSaga): readonly SagaDefinitionProblem[] {
  const steps: unknown = saga.steps;
  if (!Array.isArray(steps) || steps.length === 0) {
    return [{ where, problem: 'it has no steps', remedy: 'List at least one step' }];
  }
  const problems = saga.steps.flatMap((declared) => checkStage(where, declared));
  return [...problems, ...checkKinds(where, saga.steps), ...checkUniqueIds(where, saga)];
}

function checkStage(where: string, declared: DeclaredStage): readonly SagaDefinitionProblem[] {
  if (isChoice(declared)) return checkChoice(where, declared);
  if (isWait(declared)) return checkWait(where, declared);
  if (!isFallback(declared)) return checkStep(where, declared);
  const sides = [declared.primary, declared.alternative];
  const nested = sides.some(isFallback)
    ? [
        {
          where,
          problem: 'a fallback is nested in a fallback',
          remedy: 'Use one primary and one alternative, or two fallbacks one after the other',
        },
      ]
    : [...sides.flatMap((side) => checkStep(where, side)), ...checkKindsOfFallback(where, declared)];
  return [...nested, ...checkDeclared(where, declared, declaredFallbackTable)];
}

function checkStep(saga: string, step: DeclaredStep): readonly SagaDefinitionProblem[] {
  const where = `step "${step.id}" of ${saga}`;
  return [
    ...checkName(where, 'id', step.id),
    ...aliasesOf(step).flatMap((alias) => checkName(where, 'alias', alias)),
    ...checkDeclared(where, step, declaredStepTable),
    ...checkOptionsOfKind(where, step),
  ];
}

function checkWait(saga: string, wait: DeclaredWait): readonly SagaDefinitionProblem[] {
  const where = `step "${wait.id}" of ${saga}`;
  return [
    ...checkName(where, 'id', wait.id),
    ...aliasesOf(wait).flatMap((alias) => checkName(where, 'alias', alias)),
    ...checkSignals(where, wait),
    ...checkTable({ where, path: '' }, wait, waitTables[wait.kind]),
  ];
}

function checkChoice(saga: string, choice: DeclaredChoice<DeclaredStage>): readonly SagaDefinitionProblem[] {
  const where = `step "${choice.id}" of ${saga}`;
  return [
    ...checkName(where, 'id', choice.id),
    ...aliasesOf(choice).flatMap((alias) => checkName(where, 'alias', alias)),
    ...checkTable({ where, path: '' }, choice, choiceTables[choice.kind]),
    ...missingIn(where, choice),
    ...branchesOf(choice).flatMap(({ stages }) => stages.flatMap((stage) => checkStage(saga, stage))),
  ];
}

/** The check of a table passes over what is left out. */
function missingIn(where: string, choice: DeclaredChoice<DeclaredStage>): readonly SagaDefinitionProblem[] {
  const table: OptionTable = choiceTables[choice.kind];
  const needed = choice.kind === 'when' ? ['predicate', 'stages'] : ['select', 'cases'];
  return needed
    .filter((name) => Reflect.get(choice, name) === undefined)
    .flatMap((name) => table[name]?.check({ where, path: name }, undefined) ?? []);
}

function checkSignals(where: string, wait: DeclaredWait): readonly SagaDefinitionProblem[] {
  if (wait.kind !== 'wait-for' || !Array.isArray(wait.signals)) return [];
  return wait.signals.filter(isSagaSignal).flatMap(({ name }) => checkName(where, 'signal', name));
}

function aliasesOf({ aliases }: Pick<DeclaredStep, 'aliases'>): readonly string[] {
  return Array.isArray(aliases) ? (aliases as readonly string[]) : [];
}

function checkUniqueIds(where: string, saga: DeclaredSaga): readonly SagaDefinitionProblem[] {
  const named: Pick<DeclaredStep, 'id' | 'aliases'>[] = [];
  const flat = flatten<DeclaredLeaf>(saga.steps, (choice) => named.push(choice));
  const steps = flat.flatMap(({ declared }): readonly (DeclaredStep | DeclaredWait)[] =>
    isFallback(declared) ? [declared.primary, declared.alternative] : [declared],
  );
  named.push(...steps.filter((step) => !isFallback(step)));
  const ids = named.flatMap((step) => [step.id, ...aliasesOf(step)]);
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [...twice].map((id) => ({
    where,
    problem: `the step id "${id}" is used twice`,
    remedy: 'Give each step of a saga its own id; step(Class, { id }) uses one class twice',
  }));
}
