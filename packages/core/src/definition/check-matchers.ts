import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import { checkRange, show } from './check-range.js';

/** Adds what is wrong with a list of error matchers, where it is set: that it is no list, or what in it names no error. */
export function checkMatchers(
  problems: SagaDefinitionProblem[],
  where: string,
  option: string,
  matchers: unknown,
): void {
  checkRange(problems, where, option, matchers, Array.isArray, 'a list of error classes, codes or names');
  if (!Array.isArray(matchers)) return;
  for (const [index, matcher] of (matchers as readonly unknown[]).entries()) {
    if (typeof matcher === 'string' || isClass(matcher)) continue;
    const found = typeof matcher === 'function' ? 'a function that is no class' : show(matcher);
    const problem = `${option}[${index}] is ${found}`;
    problems.push({ where, problem, remedy: remedyOf(matcher) });
  }
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
