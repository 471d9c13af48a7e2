import type { SagaHeader } from '../journal/saga-header.js';
import type { SagaListQuery, SagaPage } from '../ports/saga-storage.js';
import { decodeCursor, encodeCursor } from '../ports/list-cursor.js';
import { headingOf } from './stored-values.js';
import { checkListLimit, checkListNames } from '../ports/list-limit.js';

/**
 * One page of headers, by creation and then by id, so that pages neither skip nor repeat a saga.
 *
 * @throws InvalidArgumentError for a limit out of range, or a cursor that no page returned.
 */
export function listHeaders(headers: readonly SagaHeader[], query: SagaListQuery): SagaPage {
  checkListNames(query);
  const limit = checkListLimit(query.limit);
  const direction = query.order === 'oldest' ? 1 : -1;
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  const fitting = headers
    .filter((header) => matchesQuery(header, query))
    .filter((header) => after === undefined || compare(header, after) * direction > 0)
    .toSorted((one, other) => compare(one, other) * direction);
  const sagas = fitting.slice(0, limit);
  const last = sagas.at(-1);
  return {
    sagas: sagas.map(headingOf),
    nextCursor: last !== undefined && fitting.length > sagas.length ? encodeCursor(last) : undefined,
  };
}

function matchesQuery(header: SagaHeader, query: SagaListQuery): boolean {
  return (
    (query.status === undefined || header.status === query.status) &&
    (query.saga === undefined || header.saga === query.saga) &&
    (query.key === undefined || header.key === query.key) &&
    (query.from === undefined || header.createdAt >= query.from) &&
    (query.to === undefined || header.createdAt < query.to)
  );
}

type Position = Pick<SagaHeader, 'createdAt' | 'sagaId'>;

function compare(one: Position, other: Position): number {
  const byTime = one.createdAt.getTime() - other.createdAt.getTime();
  if (byTime !== 0) return byTime;
  return one.sagaId < other.sagaId ? -1 : one.sagaId > other.sagaId ? 1 : 0;
}
