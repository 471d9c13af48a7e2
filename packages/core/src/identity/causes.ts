import { readSafely } from './thrown.js';

// The causes that the engine added to errors of the application: they are not the reasons of these errors.
const givenCauses = new WeakMap<object, unknown>();

/**
 * The reasons of a thrown value, one level deep: its `cause`, and the first of its `errors`, as an `AggregateError` has
 * them.
 */
export function reasonsOf(thrown: unknown): readonly unknown[] {
  return [ownCause(thrown), readSafely(listOfErrors(thrown), 0)].filter(
    (reason) => reason !== undefined && reason !== null && reason !== thrown,
  );
}

/**
 * Sets the cause of an error, for example the primary's error as the cause of the alternative's. A frozen error stays
 * unchanged.
 */
export function giveCause(error: Error, cause: unknown): void {
  try {
    if (Reflect.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true }))
      givenCauses.set(error, cause);
  } catch {
    // A proxy refused the property. The thrown value is still recorded.
  }
}

function ownCause(thrown: unknown): unknown {
  const cause = readSafely(thrown, 'cause');
  const isGiven = typeof thrown === 'object' && thrown !== null && givenCauses.get(thrown) === cause;
  return isGiven ? undefined : cause;
}

function listOfErrors(thrown: unknown): unknown {
  const errors = readSafely(thrown, 'errors');
  try {
    return Array.isArray(errors) ? errors : undefined;
  } catch {
    // The value is a revoked proxy.
    return undefined;
  }
}
