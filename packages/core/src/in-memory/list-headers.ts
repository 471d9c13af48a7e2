import type { SagaHeader } from '../journal/saga-header.js';
import type { SagaListQuery, SagaPage } from '../ports/saga-storage.js';
import { decodeCursor, encodeCursor } from '../ports/list-cursor.js';
import { matchesQuery } from './matches-query.js';
import type { StoredSaga } from './stored-saga.js';
import { headingOf } from './stored-values.js';
import { checkListLimit, checkListNames } from '../ports/list-limit.js';

/**
 * One page of headers, by creation and then by id, so that pages neither skip nor repeat a saga.
 *
 * @throws InvalidArgumentError for a limit out of range, or a cursor that no page returned.
 */
export function listHeaders(stored: Iterable<StoredSaga>, query: SagaListQuery, now: number): SagaPage {
  checkListNames(query);
  const limit = checkListLimit(query.limit);
  const direction = query.order === 'oldest' ? 1 : -1;
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  const fitting = [...stored]
    .filter((one) => matchesQuery(one, query, now))
    .map(({ header }) => header)
    .filter((header) => after === undefined || compare(header, after) * direction > 0)
    .toSorted((one, other) => compare(one, other) * direction);
  const sagas = fitting.slice(0, limit);
  const last = sagas.at(-1);
  return {
    sagas: sagas.map(headingOf),
    nextCursor: last !== undefined && fitting.length > sagas.length ? encodeCursor(last) : undefined,
  };
}

type Position = Pick<SagaHeader, 'createdAt' | 'sagaId'>;

function compare(one: Position, other: Position): number {
  const byTime = one.createdAt.getTime() - other.createdAt.getTime();
  if (byTime !== 0) return byTime;
  return one.sagaId < other.sagaId ? -1 : one.sagaId > other.sagaId ? 1 : 0;
}
