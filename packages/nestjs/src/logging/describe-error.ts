import { recordError } from '@nest-saga/core';

/**
 * An error for a line of the log: its name, code and bounded message, and the name and code of its cause. Never a
 * stack, and never a cause's message, which may hold what was to be stored.
 */
export function describeError(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const because = cause === undefined ? '' : ` (caused by ${nameWithCode(cause)})`;
  return `${nameWithCode(error)}: ${recordError(error).message}${because}`;
}

function nameWithCode(error: unknown): string {
  const { name, code } = recordError(error);
  return code === undefined ? name : `${name} ${code}`;
}
