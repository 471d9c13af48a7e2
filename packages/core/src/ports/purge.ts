import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { isTerminal } from '../journal/saga-status.js';
import type { SagaStatus } from '../journal/saga-status.js';
import { isListDate } from './list-cursor.js';
import type { ListPosition } from './list-cursor.js';

/** The statuses of sagas that have ended, which alone can be purged. */
export type EndedStatus = Extract<SagaStatus, 'completed' | 'failed'>;

/** The request to delete sagas that ended, with their journals. */
export interface PurgeRequest {
  readonly statuses: readonly EndedStatus[];
  /** Only sagas whose end was stored before this time, by the clock of the storage. */
  readonly endedBefore: Date;
  /** The most sagas of this call, from 1 to `maximumPurged`: the oldest ones, by creation. */
  readonly limit: number;
  /** Only sagas after this position, in the order of their creation. */
  readonly after?: ListPosition;
  /** Only these of them. */
  readonly among?: readonly string[];
  /** Deletes nothing. */
  readonly dryRun?: true;
}

/** The most sagas that one call of a storage deletes. */
export const maximumPurged = 500;

/**
 * Checks a request, so that no storage deletes a saga that has not ended.
 *
 * @throws InvalidArgumentError
 */
export function checkPurgeRequest({ statuses, endedBefore, limit }: PurgeRequest): void {
  if (statuses.length === 0 || !statuses.every(isTerminal))
    throw new InvalidArgumentError('statuses', 'pass "completed", "failed" or both');
  if (!isListDate(endedBefore))
    throw new InvalidArgumentError('endedBefore', 'pass a Date of the years 1 to 9999');
  if (!Number.isInteger(limit) || limit < 1 || limit > maximumPurged)
    throw new InvalidArgumentError('limit', `pass a whole number from 1 to ${maximumPurged}`);
}
