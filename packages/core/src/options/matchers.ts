import type { ErrorMatcher } from '../errors/error-matcher.js';
import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import { option, show } from './option.js';
import type { Option, OptionPlace } from './option.js';

/** A list of error matchers. What is wrong with it: that it is no list, or what in it names no error. */
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
  const found = typeof matcher === 'function' ? 'a function that is no class' : show(matcher);
  return [{ where, problem: `${path}[${index}] is ${found}`, remedy: remedyOf(matcher) }];
}

// Asked in the way in which it will be used: an arrow function, which has no prototype, throws here and not after a step.
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
    return `${remedy}; nothing that looks at the error itself is called, so throw a class or a code of its own`;
  return matcher === undefined
    ? `${remedy}; undefined is most often two files that import each other`
    : remedy;
}
