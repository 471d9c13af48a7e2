import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';
import type { Park } from './park.js';
import type { SagaState } from './saga-state.js';
import { isOpen, SagaStatus } from './saga-status.js';

/** What the header becomes together with an entry: given only when the status, the owner or the park changes. */
export interface HeaderChange {
  readonly status: SagaStatus;
  /** Undefined leaves the saga without an owner: claimable at once while it is open, unless it is parked. */
  readonly owner: string | undefined;
  /** What it waits for. Without one it waits for nothing (any more). */
  readonly park?: Park;
  readonly failure: SagaFailure | undefined;
  readonly stuck: SagaStuck | undefined;
}

/**
 * What an entry changes in the header: nothing, unless it changes the status or the park. A saga that ended, is stuck or
 * is parked has no owner; one that comes back from STUCK has none either, so that any worker can claim it.
 *
 * @param worker Who goes on running it, or undefined for a request from outside.
 */
export function projectHeader(
  before: SagaState,
  after: SagaState,
  worker: string | undefined,
): HeaderChange | undefined {
  const { status, failure, stuck, park } = after;
  if (status === before.status && park === before.park) return undefined;
  const isRunning = status === SagaStatus.Running || status === SagaStatus.Compensating;
  const change = {
    status,
    owner: isRunning && park === undefined ? worker : undefined,
    failure,
    stuck: status === SagaStatus.Stuck ? stuck : undefined,
  };
  return park === undefined ? change : { ...change, park };
}

/** From when on a change lets the saga be claimed, by the storage's clock; undefined: it is not to be claimed. */
export function nextRunAtOf(change: HeaderChange, now: number): Date | undefined {
  const { nextRunAt } = change.park ?? {};
  if (nextRunAt !== undefined) return nextRunAt;
  const dueInMs = dueInMsOf(change);
  return dueInMs === undefined ? undefined : new Date(now + dueInMs);
}

/** After how long a change lets the saga be claimed, in milliseconds; undefined: it is not to be claimed, or at a moment of its own. */
export function dueInMsOf({ status, owner, park }: HeaderChange): number | undefined {
  if (owner !== undefined || !isOpen(status)) return undefined;
  return park === undefined ? 0 : park.dueInMs;
}
