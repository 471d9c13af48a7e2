import { decodeCursor } from '@nest-saga/core/storage-kit';
import type { SagaListQuery } from '@nest-saga/core';
import type { SelectQueryBuilder } from 'typeorm';
import type { Tables } from '../postgres/tables.js';
import type { SagaExecutionEntity } from '../entities/saga.entities.js';

/**
 * Adds the filters and the order of a list to a query of headers. The text consists of fixed parts only; the values
 * from the caller are parameters, and the order is one of two.
 *
 * @throws InvalidArgumentError for a cursor that no page returned.
 */
export function narrowToQuery(
  select: SelectQueryBuilder<SagaExecutionEntity>,
  { status, saga, key, from, to, order, cursor }: SagaListQuery,
  { execution }: Tables,
): SelectQueryBuilder<SagaExecutionEntity> {
  if (status !== undefined) select.andWhere('header.status = :status', { status });
  if (saga !== undefined) select.andWhere('header.sagaName = :saga', { saga });
  if (key !== undefined) select.andWhere('header.sagaKey = :key', { key });
  if (key !== undefined && saga === undefined)
    select.andWhere(`header.sagaName = ANY (${namesWithKeys(execution)})`);
  if (from !== undefined) select.andWhere('header.createdAt >= :from', { from: from.toISOString() });
  if (to !== undefined) select.andWhere('header.createdAt < :to', { to: to.toISOString() });
  const isOldestFirst = order === 'oldest';
  if (cursor !== undefined) {
    const { createdAt, sagaId } = decodeCursor(cursor);
    select.andWhere(
      `(header.createdAt, header.id) ${isOldestFirst ? '>' : '<'} (:afterTime::timestamptz, :afterId::uuid)`,
      { afterTime: createdAt.toISOString(), afterId: sagaId },
    );
  }
  const direction = isOldestFirst ? 'ASC' : 'DESC';
  return select.orderBy('header.createdAt', direction).addOrderBy('header.id', direction);
}

/** All names with keys, found by jumping from one to the next: the index of the keys begins with the name. */
function namesWithKeys(execution: string): string {
  const next = (condition: string): string =>
    `SELECT min(saga_name) AS name FROM ${execution} WHERE saga_key IS NOT NULL ${condition}`;
  return `ARRAY(
    WITH RECURSIVE saga AS (
      ${next('')} UNION ALL SELECT (${next('AND saga_name > saga.name')}) FROM saga WHERE saga.name IS NOT NULL
    )
    SELECT name FROM saga WHERE name IS NOT NULL
  )`;
}
