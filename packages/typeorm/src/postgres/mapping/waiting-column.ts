import type { SagaWaiting } from '@nest-saga/core';

/** The column `waiting` of `saga_execution`: the kind of the wait and its name. */
export function toWaitingColumn(waiting: SagaWaiting | undefined): string | null {
  return waiting === undefined ? null : `${waiting.for}:${waiting.name}`;
}

/**
 * The wait of a saga without an owner. For a saga with an owner, an older release may have left the last wait in the
 * column.
 */
export function toSagaWaiting(column: string | null | undefined, isIdle: boolean): SagaWaiting | undefined {
  if (!isIdle || typeof column !== 'string') return undefined;
  const end = column.indexOf(':');
  return { for: column.slice(0, end) as SagaWaiting['for'], name: column.slice(end + 1) };
}
