import type { SagaState } from '../journal/saga-state.js';
import { SagaStatus } from '../journal/saga-status.js';
import type { HeaderChange } from '../ports/saga-storage.js';

/**
 * What an entry changes in the header: nothing, unless it changes the status. A saga that ended or is stuck has no
 * owner; one that comes back from STUCK has none either, so that any worker can claim it.
 *
 * @param worker Who goes on running it, or undefined for a request from outside.
 */
export function projectHeader(
  before: SagaState,
  after: SagaState,
  worker: string | undefined,
): HeaderChange | undefined {
  if (after.status === before.status) return undefined;
  const isRunning = after.status === SagaStatus.Running || after.status === SagaStatus.Compensating;
  return {
    status: after.status,
    owner: isRunning ? worker : undefined,
    failure: after.failure,
    stuck: after.status === SagaStatus.Stuck ? after.stuck : undefined,
  };
}
