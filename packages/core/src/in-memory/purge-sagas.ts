import type { SagaHeader } from '../journal/saga-header.js';
import type { ListPosition } from '../ports/list-cursor.js';
import { checkPurgeRequest } from '../ports/purge.js';
import type { PurgeRequest } from '../ports/purge.js';

/**
 * The sagas that a purge deletes, in the order of their creation.
 *
 * @param isKept Whether a saga stays for another reason than its status and its end.
 * @throws InvalidArgumentError
 */
export function purgeable(
  headers: Iterable<SagaHeader>,
  request: PurgeRequest,
  isKept: (header: SagaHeader) => boolean,
): readonly SagaHeader[] {
  checkPurgeRequest(request);
  const { statuses, endedBefore, limit, after, among } = request;
  const ended: readonly string[] = statuses;
  return [...headers]
    .filter(({ status, updatedAt }) => ended.includes(status) && updatedAt < endedBefore)
    .filter((header) => after === undefined || compare(header, after) > 0)
    .filter((header) => among?.includes(header.sagaId) !== false && !isKept(header))
    .toSorted(compare)
    .slice(0, limit);
}

function compare(one: ListPosition, other: ListPosition): number {
  const byTime = one.createdAt.getTime() - other.createdAt.getTime();
  if (byTime !== 0) return byTime;
  return one.sagaId === other.sagaId ? 0 : one.sagaId < other.sagaId ? -1 : 1;
}
