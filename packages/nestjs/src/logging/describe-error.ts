import { escapeControls, recordError } from '@nest-saga/core/engine';
import type { RecordedError } from '@nest-saga/core';

/**
 * An error as text for the log: its name, code and bounded message, and the name and code of its cause. Never a stack,
 * and never the message of a cause, which may contain stored values.
 */
export function describeError(error: unknown): string {
  const recorded = recordError(error);
  const { cause } = recorded;
  const because = cause === undefined ? '' : ` (caused by ${nameWithCode(cause)})`;
  return escapeControls(`${nameWithCode(recorded)}: ${recorded.message}${because}`);
}

function nameWithCode({ name, code }: RecordedError): string {
  return code === undefined ? name : `${name} ${code}`;
}
