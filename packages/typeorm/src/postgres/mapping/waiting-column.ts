import type { SagaWaiting } from '@nest-saga/core';

/** The column `waiting` of `saga_execution`: what for, and by which name. */
export function toWaitingColumn(waiting: SagaWaiting | undefined): string | null {
  return waiting === undefined ? null : `${waiting.for}:${waiting.name}`;
}

/** What a saga without an owner waits for. Of one that has an owner, an older release may have left its last wait here. */
export function toSagaWaiting(column: string | null | undefined, isIdle: boolean): SagaWaiting | undefined {
  if (!isIdle || typeof column !== 'string') return undefined;
  const end = column.indexOf(':');
  return { for: column.slice(0, end) as SagaWaiting['for'], name: column.slice(end + 1) };
}
