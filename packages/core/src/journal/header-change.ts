import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';
import type { Park } from './park.js';
import type { SagaState } from './saga-state.js';
import { isOpen, SagaStatus } from './saga-status.js';

/** The change of the header with an entry: only if the status, the owner or the park changes. */
export interface HeaderChange {
  readonly status: SagaStatus;
  /** Undefined: the saga has no owner then. It can be claimed at once if it is open and not parked. */
  readonly owner: string | undefined;
  /** The park. Without one the saga does not wait (any more). */
  readonly park?: Park;
  /**
   * With a park: the saga has passed its deadline and is not undone because of it, so the deadline does not end the park.
   */
  readonly isDeadlineMet?: true;
  readonly failure: SagaFailure | undefined;
  readonly stuck: SagaStuck | undefined;
}

/**
 * The change of the header by an entry: none, unless it changes the status or the park. A saga that ended, is stuck or
 * is parked has no owner; one that returns from STUCK has none either, so that any worker can claim it.
 *
 * @param worker The worker that continues to run it, or undefined for a request from outside.
 */
export function projectHeader(
  before: SagaState,
  after: SagaState,
  worker: string | undefined,
): HeaderChange | undefined {
  const { status, failure, stuck, park, isOverdue } = after;
  if (status === before.status && park === before.park) return undefined;
  const isRunning = status === SagaStatus.Running || status === SagaStatus.Compensating;
  const change = {
    status,
    owner: isRunning && park === undefined ? worker : undefined,
    failure,
    stuck: status === SagaStatus.Stuck ? stuck : undefined,
  };
  if (park === undefined) return change;
  return isOverdue ? { ...change, park, isDeadlineMet: true } : { ...change, park };
}

/**
 * When the saga can be claimed after a change, by the storage's clock; undefined: it cannot be claimed. One that is parked
 * on its way forward waits no longer than until its deadline.
 */
export function nextRunAtOf(change: HeaderChange, now: number, deadlineAt?: Date): Date | undefined {
  const dueInMs = dueInMsOf(change);
  const dueAt = change.park?.nextRunAt ?? (dueInMs === undefined ? undefined : new Date(now + dueInMs));
  const isForward = change.status !== SagaStatus.Compensating && change.isDeadlineMet !== true;
  const hasDeadline = change.park !== undefined && isForward;
  if (!hasDeadline || deadlineAt === undefined) return dueAt;
  return dueAt === undefined || deadlineAt < dueAt ? deadlineAt : dueAt;
}

/**
 * The time after which the saga can be claimed following a change, in milliseconds; undefined if it cannot be claimed,
 * or at a fixed moment.
 */
export function dueInMsOf({ status, owner, park }: HeaderChange): number | undefined {
  if (owner !== undefined || !isOpen(status)) return undefined;
  return park === undefined ? 0 : park.dueInMs;
}
