import type { Park } from '../journal/park.js';
import { failureOfReversal } from '../journal/describe-failure.js';
import type { SagaHeader } from '../journal/saga-header.js';
import { SagaStatus } from '../journal/saga-status.js';
import type { NewSaga } from './saga-storage.js';

/**
 * The header of a saga that was just stored: RUNNING under its owner, or PENDING and claimable, at once or after its
 * park.
 */
export function firstHeader(saga: NewSaga, now: Date): SagaHeader {
  const isQueued = saga.owner === undefined;
  const { park } = saga;
  // hot path: one literal for every start, because a spread followed by further properties takes microseconds.
  const header: SagaHeader = {
    sagaId: saga.sagaId,
    saga: saga.saga,
    version: saga.version,
    key: saga.key,
    status: firstStatus(saga),
    owner: saga.owner,
    nextRunAt: isQueued ? dueAfter(park, now) : undefined,
    deadlineAt: saga.deadlineInMs === undefined ? undefined : new Date(now.getTime() + saga.deadlineInMs),
    waiting: park && { for: park.for, name: park.name },
    parentId: saga.parentId,
    reverses: saga.reverses,
    path: saga.path,
    context: saga.context,
    failure: saga.path?.reversal && failureOfReversal(saga.path.reversal),
    stuck: undefined,
    metadata: saga.metadata,
    createdAt: now,
    updatedAt: now,
  };
  return saga.tags === undefined ? header : { ...header, tags: saga.tags };
}

/** The status of a saga that was just stored. */
export function firstStatus({ owner, path }: Pick<NewSaga, 'owner' | 'path'>): SagaStatus {
  if (path?.reversal !== undefined) return SagaStatus.Compensating;
  return owner === undefined ? SagaStatus.Pending : SagaStatus.Running;
}

function dueAfter(park: Park | undefined, now: Date): Date | undefined {
  if (park === undefined) return now;
  return park.dueInMs === undefined ? park.nextRunAt : new Date(now.getTime() + park.dueInMs);
}
