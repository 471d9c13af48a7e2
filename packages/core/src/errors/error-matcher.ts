import { reasonsOf } from '../identity/causes.js';
import { isInstanceOf, readSafely } from '../identity/thrown.js';

/**
 * Selects errors: a class (and its subclasses), or a string that equals the error's `code` or `name`. Messages are
 * never matched. An error is also selected by its `cause`, or by the first of its `errors`.
 */
export type ErrorMatcher = string | (abstract new (...args: never[]) => Error);

/** Whether one of the matchers selects this error. */
export function matchesError(matchers: readonly ErrorMatcher[], error: unknown): boolean {
  if (matchers.length === 0) return false;
  const errors = [error, ...reasonsOf(error)];
  return matchers.some((matcher) => errors.some((one) => matchesOne(matcher, one)));
}

function matchesOne(matcher: ErrorMatcher, error: unknown): boolean {
  if (typeof matcher !== 'string') return isInstanceOf(error, matcher);
  return readSafely(error, 'code') === matcher || readSafely(error, 'name') === matcher;
}
