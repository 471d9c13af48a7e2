import { SagaStatus } from '@nest-saga/core';

/**
 * When a saga that is parked can be claimed: a given time, but not after its deadline, which an undo does not have. Nulls
 * do not count.
 */
export function parkedUntil(dueAt: string, status: string): string {
  return `least(${dueAt}, CASE WHEN ${status} <> '${SagaStatus.Compensating}' THEN header.deadline_at END)`;
}
