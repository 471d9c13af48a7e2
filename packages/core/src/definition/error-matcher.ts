/**
 * Says which errors are meant: a class (and its subclasses), or a string that equals the error's `code` or `name`.
 * Messages are never matched.
 */
export type ErrorMatcher = string | (abstract new (...args: never[]) => Error);

/** Whether one of the matchers means this error. */
export function matchesError(matchers: readonly ErrorMatcher[], error: unknown): boolean {
  return matchers.some((matcher) => matchesOne(matcher, error));
}

function matchesOne(matcher: ErrorMatcher, error: unknown): boolean {
  if (typeof matcher !== 'string') return error instanceof matcher;
  if (typeof error !== 'object' || error === null) return false;
  return readSafely(error, 'code') === matcher || readSafely(error, 'name') === matcher;
}

function readSafely(error: object, property: string): unknown {
  try {
    return Reflect.get(error, property);
  } catch {
    return undefined;
  }
}
