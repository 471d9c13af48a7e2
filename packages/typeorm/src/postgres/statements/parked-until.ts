import { SagaStatus } from '@nest-saga/core';

/**
 * When a saga that is parked can be claimed: a given time, but not after its deadline, which an undo does not have. Nulls
 * do not count.
 *
 * @param isDeadlineMet Whether the saga has passed its deadline and continues.
 */
export function parkedUntil(dueAt: string, status: string, isDeadlineMet: string): string {
  const hasDeadline = `${status} <> '${SagaStatus.Compensating}' AND NOT ${isDeadlineMet}`;
  return `least(${dueAt}, CASE WHEN ${hasDeadline} THEN header.deadline_at END)`;
}
