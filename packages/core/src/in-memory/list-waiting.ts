import { isOpen } from '../journal/saga-status.js';
import type { SagaHeader } from '../journal/saga-header.js';
import { decodeWaitingCursor, encodeWaitingCursor } from '../ports/list-cursor.js';
import type { WaitingPosition } from '../ports/list-cursor.js';
import { checkListLimit } from '../ports/list-limit.js';
import type { SagaPage, WaitingListQuery } from '../ports/saga-storage.js';
import { headingOf } from './stored-values.js';

/**
 * One page of sagas that wait without an owner, by the name of the wait, then by creation and id.
 *
 * @throws InvalidArgumentError for a limit out of range, or a cursor that no page returned.
 */
export function listWaitingHeaders(headers: Iterable<SagaHeader>, query: WaitingListQuery): SagaPage {
  const limit = checkListLimit(query.limit);
  const after = query.cursor === undefined ? undefined : decodeWaitingCursor(query.cursor);
  const found = [...headers]
    .filter((header) => matches(header, query))
    .filter((header) => after === undefined || compare(positionOf(header), after) > 0)
    .toSorted((one, other) => compare(positionOf(one), positionOf(other)));
  const sagas = found.slice(0, limit);
  const last = sagas.at(-1);
  const hasMore = last !== undefined && found.length > sagas.length;
  return {
    sagas: sagas.map(headingOf),
    nextCursor: hasMore ? encodeWaitingCursor(positionOf(last)) : undefined,
  };
}

function matches(header: SagaHeader, query: WaitingListQuery): boolean {
  const { saga, version, waiting, owner, status } = header;
  if (waiting?.for !== query.for || owner !== undefined || !isOpen(status)) return false;
  if (query.saga !== undefined && query.saga !== saga) return false;
  const { among } = query;
  return (
    among === undefined ||
    among.some((one) => one.saga === saga && one.version === version && one.name === waiting.name)
  );
}

function positionOf({ waiting, createdAt, sagaId }: SagaHeader): WaitingPosition {
  return { name: waiting?.name ?? '', createdAt, sagaId };
}

function compare(one: WaitingPosition, other: WaitingPosition): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  const byTime = one.createdAt.getTime() - other.createdAt.getTime();
  if (byTime !== 0) return byTime;
  return one.sagaId === other.sagaId ? 0 : one.sagaId < other.sagaId ? -1 : 1;
}
