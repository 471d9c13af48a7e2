import type { ErrorMatcher } from '../errors/error-matcher.js';
import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import { option, show } from './option.js';
import type { Option, OptionPlace } from './option.js';

/** A list of error matchers. It is checked that it is a list, and that each item can select errors. */
export const matchers: Option<readonly ErrorMatcher[]> = {
  check: (place, value) =>
    Array.isArray(value)
      ? value.flatMap((matcher: unknown, index) => checkMatcher(place, matcher, index))
      : listOfMatchers.check(place, value),
};

const listOfMatchers = option('a list of error classes, codes or names', Array.isArray);

function checkMatcher(
  { where, path }: OptionPlace,
  matcher: unknown,
  index: number,
): readonly SagaDefinitionProblem[] {
  if (typeof matcher === 'string' || isClass(matcher)) return [];
  const found = typeof matcher === 'function' ? 'a function that is not a class' : show(matcher);
  return [{ where, problem: `${path}[${index}] is ${found}`, remedy: remedyOf(matcher) }];
}

// Checked in the same way as it is used: an arrow function, which has no prototype, throws here and not after a step.
function isClass(matcher: unknown): boolean {
  if (typeof matcher !== 'function') return false;
  try {
    return typeof (new Error('a probe') instanceof matcher) === 'boolean';
  } catch {
    return false;
  }
}

function remedyOf(matcher: unknown): string {
  const remedy = 'List error classes, codes or names';
  if (typeof matcher === 'function')
    return `${remedy}; functions that examine the error are not supported, so throw an error with its own class or code`;
  return matcher === undefined
    ? `${remedy}; undefined usually means that two files import each other`
    : remedy;
}
