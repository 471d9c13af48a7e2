import { readSafely } from './thrown.js';

// The causes that the engine gave to errors of the application: they say nothing about how the error came about.
const givenCauses = new WeakMap<object, unknown>();

/** The errors behind what was thrown, one level deep: its `cause`, and the first of its `errors`, as an `AggregateError` has them. */
export function reasonsOf(thrown: unknown): readonly unknown[] {
  return [ownCause(thrown), readSafely(listOfErrors(thrown), 0)].filter(
    (reason) => reason !== undefined && reason !== null && reason !== thrown,
  );
}

/** Gives an error a cause, as the primary's error is that of the alternative's. A frozen error keeps its own shape. */
export function giveCause(error: Error, cause: unknown): void {
  try {
    if (Reflect.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true }))
      givenCauses.set(error, cause);
  } catch {
    // A proxy that refuses. What was thrown is recorded all the same.
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
    // A proxy that is revoked.
    return undefined;
  }
}
