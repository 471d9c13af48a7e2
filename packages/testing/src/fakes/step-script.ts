import type { StepRun } from '@nest-saga/core';

/** The behaviour of one attempt of a scripted step, with its context and its run. */
export type StepScript = (context: Record<string, unknown>, run: StepRun) => unknown;

/** The attempt succeeds with this response. */
export function answers(response?: unknown): StepScript {
  return () => response;
}

/** The attempt changes the context, and succeeds. */
export function changes(change: (context: Record<string, unknown>) => void, response?: unknown): StepScript {
  return (context) => {
    change(context);
    return response;
  };
}

/** The attempt throws this error. */
export function throws(error: unknown): StepScript {
  return () => {
    throw error;
  };
}

/** The attempt changes the context, and then throws. */
export function changesAndThrows(
  change: (context: Record<string, unknown>) => void,
  error: unknown,
): StepScript {
  return (context) => {
    change(context);
    throw error;
  };
}

/** The attempt succeeds, and emits these events. */
export function emits(...events: readonly unknown[]): StepScript {
  return (_context, run) => {
    for (const event of events) run.emit(event);
  };
}

/** A number of attempts that throw this error, to be spread into a list before a successful one. */
export function failing(times: number, error: unknown): readonly StepScript[] {
  return Array.from({ length: times }, () => throws(error));
}
