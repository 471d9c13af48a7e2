import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import { checkCircuitBreaker } from './check-circuit-breaker.js';
import { checkMatchers } from './check-matchers.js';
import { checkPolicies } from './check-policies.js';
import { show } from './check-range.js';
import type { Fallback } from './fallback.js';
import { isFallback } from './fallback.js';
import type { DeclaredSaga, DeclaredStep } from './saga-definition.js';

/** What the names of sagas and the ids of steps look like. */
export const namePattern = /^[A-Za-z][\w.:-]{0,99}$/;

/** Everything that is wrong with one declared saga; empty where it can run. */
export function validateSaga(saga: DeclaredSaga): readonly SagaDefinitionProblem[] {
  const where = `saga "${saga.name}"`;
  return [
    ...checkName(where, 'name', saga.name),
    ...checkVersion(where, saga.version),
    ...checkPolicies(where, saga),
    ...checkRecoveries(where, saga.maximumRecoveryAttempts),
    ...checkSteps(where, saga),
  ];
}

/** What is wrong between sagas: two of one name and version. */
export function validateUniqueSagas(sagas: readonly DeclaredSaga[]): readonly SagaDefinitionProblem[] {
  const seen = new Set<string>();
  const problems: SagaDefinitionProblem[] = [];
  for (const { name, version = 1 } of sagas) {
    const identity = `${name} version ${version}`;
    if (seen.has(identity)) {
      problems.push({
        where: `saga "${name}"`,
        problem: `${identity} is declared twice`,
        remedy: 'Give each saga a name of its own, or a higher version to a changed one',
      });
    }
    seen.add(identity);
  }
  return problems;
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

function checkVersion(where: string, version: unknown): readonly SagaDefinitionProblem[] {
  if (
    version === undefined ||
    (Number.isInteger(version) && Number(version) >= 1 && Number(version) <= 2_147_483_647)
  )
    return [];
  return [{ where, problem: `version is ${show(version)}`, remedy: 'Set it to a positive integer' }];
}

function checkRecoveries(where: string, attempts: unknown): readonly SagaDefinitionProblem[] {
  if (attempts === undefined || (Number.isSafeInteger(attempts) && Number(attempts) >= 0)) return [];
  return [
    {
      where,
      problem: `maximumRecoveryAttempts is ${show(attempts)}`,
      remedy: 'Set it to an integer of at least 0',
    },
  ];
}

function checkSteps(where: string, saga: DeclaredSaga): readonly SagaDefinitionProblem[] {
  const steps: unknown = saga.steps;
  if (!Array.isArray(steps) || steps.length === 0) {
    return [{ where, problem: 'it has no steps', remedy: 'List at least one step' }];
  }
  const problems = saga.steps.flatMap((declared) => checkStage(where, declared));
  return [...problems, ...checkUniqueIds(where, saga)];
}

function checkStage(
  where: string,
  declared: DeclaredStep | Fallback<DeclaredStep>,
): readonly SagaDefinitionProblem[] {
  if (!isFallback(declared)) return checkStep(where, declared);
  const sides = [declared.primary, declared.alternative];
  const nested = sides.some(isFallback)
    ? [
        {
          where,
          problem: 'a fallback is nested in a fallback',
          remedy: 'Use one primary and one alternative; a saga of two fallback places says more',
        },
      ]
    : sides.flatMap((side) => checkStep(where, side));
  return [...nested, ...checkFallbackOptions(where, declared)];
}

function checkFallbackOptions(
  where: string,
  declared: Fallback<DeclaredStep>,
): readonly SagaDefinitionProblem[] {
  const problems: SagaDefinitionProblem[] = [];
  checkMatchers(problems, where, 'failureErrors', declared.failureErrors);
  return [...problems, ...checkCircuitBreaker(where, declared.circuitBreaker)];
}

function checkStep(saga: string, step: DeclaredStep): readonly SagaDefinitionProblem[] {
  const where = `step "${step.id}" of ${saga}`;
  return [
    ...checkName(where, 'id', step.id),
    ...(step.aliases ?? []).flatMap((alias) => checkName(where, 'alias', alias)),
    ...checkPolicies(where, step),
  ];
}

function checkUniqueIds(where: string, saga: DeclaredSaga): readonly SagaDefinitionProblem[] {
  const steps = saga.steps.flatMap((declared) =>
    isFallback(declared) ? [declared.primary, declared.alternative] : [declared],
  );
  const ids = steps.filter((step) => !isFallback(step)).flatMap((step) => [step.id, ...(step.aliases ?? [])]);
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [...twice].map((id) => ({
    where,
    problem: `the step id "${id}" is used twice`,
    remedy: 'Give each step of a saga an id of its own; step(Class, { id }) uses one class twice',
  }));
}
