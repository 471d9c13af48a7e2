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
import { isForEach } from './for-each.js';
import type { ForEach } from './for-each.js';
import { isParallel, maximumBranches } from './parallel.js';
import type { Parallel } from './parallel.js';
import { forEachTable, parallelTable } from './parallel-table.js';
import { isSagaSignal } from './saga-signal.js';
import { waitTables } from './wait-tables.js';
import { isWait } from './waits.js';
import type { DeclaredWait } from './waits.js';
import type {
  DeclaredBranch,
  DeclaredLeaf,
  DeclaredSaga,
  DeclaredStage,
  DeclaredStep,
} from './saga-definition.js';

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
  if (isForEach(declared)) return checkForEach(where, declared);
  return isParallel(declared) ? checkParallel(where, declared) : checkBranch(where, declared);
}

function checkForEach(saga: string, declared: ForEach<DeclaredStep>): readonly SagaDefinitionProblem[] {
  const where = `step "${declared.id}" of ${saga}`;
  const missing = (['items', 'key'] as const)
    .filter((name) => declared[name] === undefined)
    .flatMap((name) => forEachTable[name].check({ where, path: name }, undefined));
  const step: unknown = declared.step;
  const isStep = typeof step === 'object' && step !== null && 'handler' in step;
  const problems = isStep
    ? [...checkStep(saga, declared.step), ...checkNotTransactional(where, declared.step)]
    : [{ where, problem: 'it has no step', remedy: 'Pass one step, which runs for each item' }];
  return [
    ...checkId(where, declared),
    ...checkTable({ where, path: '' }, declared, forEachTable),
    ...missing,
    ...problems,
  ];
}

function checkParallel(saga: string, declared: Parallel<DeclaredBranch>): readonly SagaDefinitionProblem[] {
  const where = `step "${declared.id}" of ${saga}`;
  const problems = [...checkId(where, declared), ...checkTable({ where, path: '' }, declared, parallelTable)];
  const branches: unknown = declared.branches;
  const count = Array.isArray(branches) ? branches.length : 0;
  if (count < 2 || count > maximumBranches)
    return [
      ...problems,
      {
        where,
        problem: `it has ${count} branches`,
        remedy: `List from 2 to ${maximumBranches} steps and fallbacks`,
      },
    ];
  const nested = declared.branches.some(
    (branch) => isWait(branch) || isParallel(branch) || isForEach(branch) || isChoice(branch),
  )
    ? [
        {
          where,
          problem: 'a branch is neither a step nor a fallback',
          remedy:
            'Let each branch be a step or a fallback, and put a wait or a parallel stage before or after it',
        },
      ]
    : declared.branches.flatMap((branch) => [
        ...checkBranch(saga, branch),
        ...checkNotTransactional(where, branch),
      ]);
  return [...problems, ...nested];
}

/** A transaction holds the turn of the saga to append, for which its siblings would wait. */
function checkNotTransactional(where: string, branch: DeclaredBranch): readonly SagaDefinitionProblem[] {
  const steps = isFallback(branch) ? [branch.primary, branch.alternative] : [branch];
  return steps
    .filter(
      (step) =>
        (step as Partial<typeof step> | undefined)?.transactional !== undefined &&
        step.transactional !== false,
    )
    .map(({ id }) => ({
      where,
      problem: `its branch "${id}" is transactional`,
      remedy: 'Let the step be a stage of its own, before or after the parallel stage',
    }));
}

function checkBranch(where: string, declared: DeclaredBranch): readonly SagaDefinitionProblem[] {
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
    ...checkId(where, step),
    ...checkDeclared(where, step, declaredStepTable),
    ...checkOptionsOfKind(where, step),
  ];
}

function checkWait(saga: string, wait: DeclaredWait): readonly SagaDefinitionProblem[] {
  const where = `step "${wait.id}" of ${saga}`;
  return [
    ...checkId(where, wait),
    ...checkSignals(where, wait),
    ...checkTable({ where, path: '' }, wait, waitTables[wait.kind]),
  ];
}

function checkChoice(saga: string, choice: DeclaredChoice<DeclaredStage>): readonly SagaDefinitionProblem[] {
  const where = `step "${choice.id}" of ${saga}`;
  return [
    ...checkId(where, choice),
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

function checkId(where: string, declared: Identified): readonly SagaDefinitionProblem[] {
  return [
    ...checkName(where, 'id', declared.id),
    ...aliasesOf(declared).flatMap((alias) => checkName(where, 'alias', alias)),
  ];
}

function checkSignals(where: string, wait: DeclaredWait): readonly SagaDefinitionProblem[] {
  if (wait.kind !== 'wait-for' || !Array.isArray(wait.signals)) return [];
  return wait.signals.filter(isSagaSignal).flatMap(({ name }) => checkName(where, 'signal', name));
}

function aliasesOf({ aliases }: Pick<DeclaredStep, 'aliases'>): readonly string[] {
  return Array.isArray(aliases) ? (aliases as readonly string[]) : [];
}

function checkUniqueIds(where: string, saga: DeclaredSaga): readonly SagaDefinitionProblem[] {
  const named: Identified[] = [];
  const flat = flatten<DeclaredLeaf>(saga.steps, (choice) => named.push(choice));
  named.push(...flat.flatMap(({ declared }) => identifiedIn(declared)));
  const ids = named.flatMap((one) => [one.id, ...aliasesOf(one)]);
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [...twice].map((id) => ({
    where,
    problem: `the step id "${id}" is used twice`,
    remedy: 'Give each step of a saga its own id; step(Class, { id }) uses one class twice',
  }));
}

type Identified = Pick<DeclaredStep, 'id' | 'aliases'>;

/** Everything in a declared stage that has an id. A nested stage is reported elsewhere. */
function identifiedIn(declared: DeclaredLeaf): readonly Identified[] {
  if (isParallel(declared))
    return [declared, ...(Array.isArray(declared.branches) ? declared.branches.flatMap(identifiedIn) : [])];
  if (isForEach(declared)) return [declared, ...(isIdentified(declared.step) ? [declared.step] : [])];
  if (!isFallback(declared)) return [declared];
  return [declared.primary, declared.alternative].filter((side) => !isFallback(side));
}

function isIdentified(step: unknown): step is Identified {
  return typeof step === 'object' && step !== null && 'id' in step;
}
