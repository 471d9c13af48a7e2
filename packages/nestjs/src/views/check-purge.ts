import { InvalidArgumentError, SagaStatus } from '@nest-saga/core';
import { checkNames, checkOneOf } from '@nest-saga/core/engine';
import type { ArchiveSagas, PurgeOrder } from '@nest-saga/core/engine';
import { checkDate } from './check-saga-list.js';

/** Which sagas to delete. */
export interface SagaPurge {
  /** Sagas that COMPLETED, those that FAILED, or both. @default both */
  readonly status?: 'completed' | 'failed' | readonly ('completed' | 'failed')[];
  /** Only sagas that ended before this moment, by the clock of the storage: a Date, or ISO 8601 with its zone. */
  readonly endedBefore: Date | string;
  /** The most sagas to delete, the oldest first. @default all of them */
  readonly limit?: number;
  /** With `true` nothing is deleted: the answer is how many sagas would be. @default false */
  readonly dryRun?: boolean;
  /** Keeps a copy elsewhere: each batch of at most 50 sagas is deleted only after this has resolved. A batch may come twice. */
  readonly onArchive?: ArchiveSagas;
}

/** The answer to a purge. */
export interface PurgedSagas {
  /** How many sagas were deleted, or would be. */
  readonly purged: number;
}

const known = ['status', 'endedBefore', 'limit', 'dryRun', 'onArchive'];
const ended = [SagaStatus.Completed, SagaStatus.Failed] as const;

/**
 * Checks which sagas to delete.
 *
 * @throws InvalidArgumentError
 */
export function checkPurge(given: unknown): PurgeOrder {
  const {
    status = ended,
    endedBefore,
    limit,
    dryRun = false,
    onArchive,
  } = checkNames('options', given, known);
  const statuses: readonly unknown[] = Array.isArray(status) ? (status as readonly unknown[]) : [status];
  if (typeof dryRun !== 'boolean') throw new InvalidArgumentError('dryRun', 'pass true or false');
  if (onArchive !== undefined && typeof onArchive !== 'function')
    throw new InvalidArgumentError('onArchive', 'pass a function');
  return {
    statuses: statuses.map((one) => checkOneOf('status', one, ended)),
    endedBefore: checkDate('endedBefore', endedBefore),
    dryRun,
    ...(limit === undefined ? {} : { limit: checkLimit(limit) }),
    ...(onArchive === undefined ? {} : { archive: onArchive as ArchiveSagas }),
  };
}

function checkLimit(limit: unknown): number {
  if (Number.isSafeInteger(limit) && Number(limit) >= 1) return Number(limit);
  throw new InvalidArgumentError('limit', 'pass a whole number of at least 1');
}
