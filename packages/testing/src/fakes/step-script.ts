import type { StepRun } from '@nest-saga/core';

/** What one attempt of a scripted step does, with the context and the run it is given. */
export type StepScript = (context: Record<string, unknown>, run: StepRun) => unknown;

/** The attempt works, and answers this response. */
export function answers(response?: unknown): StepScript {
  return () => response;
}

/** The attempt works, and changes the context on the way. */
export function changes(change: (context: Record<string, unknown>) => void, response?: unknown): StepScript {
  return (context) => {
    change(context);
    return response;
  };
}

/** The attempt throws this. */
export function throws(error: unknown): StepScript {
  return () => {
    throw error;
  };
}

/** The attempt changes the context and throws then. */
export function changesAndThrows(
  change: (context: Record<string, unknown>) => void,
  error: unknown,
): StepScript {
  return (context) => {
    change(context);
    throw error;
  };
}

/** The attempt works, and emits these events. */
export function emits(...events: readonly unknown[]): StepScript {
  return (_context, run) => {
    for (const event of events) run.emit(event);
  };
}

/** So many attempts that throw this, to be spread into a list before one that works. */
export function failing(times: number, error: unknown): readonly StepScript[] {
  return Array.from({ length: times }, () => throws(error));
}
