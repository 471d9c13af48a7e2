import { decodeCursor } from '@nest-saga/core/storage-kit';
import type { SagaListQuery } from '@nest-saga/core';
import type { Tables } from '../database/tables.js';
import { headerColumns } from '../mapping/saga-header-row.js';
import type { BoundStatement } from './checkpoint.js';

/**
 * One page of headers, and one more row that says whether there is another page. The text is put together from fixed
 * parts only; what the caller sent is a parameter or, for the order, chosen from two.
 *
 * @throws InvalidArgumentError for a cursor that no page gave.
 */
export function listStatement({ execution }: Tables, query: SagaListQuery): BoundStatement {
  const values: unknown[] = [];
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const conditions: string[] = [];
  if (query.status !== undefined) conditions.push(`header.status = ${parameter(query.status, 'text')}`);
  if (query.saga !== undefined) conditions.push(`header.saga_name = ${parameter(query.saga, 'text')}`);
  if (query.key !== undefined) conditions.push(`header.saga_key = ${parameter(query.key, 'text')}`);
  if (query.key !== undefined && query.saga === undefined)
    conditions.push(`header.saga_name = ANY (${namesWithKeys(execution)})`);
  if (query.from !== undefined)
    conditions.push(`header.created_at >= ${parameter(query.from.toISOString(), 'timestamptz')}`);
  if (query.to !== undefined)
    conditions.push(`header.created_at < ${parameter(query.to.toISOString(), 'timestamptz')}`);
  const isOldestFirst = query.order === 'oldest';
  if (query.cursor !== undefined) {
    const { createdAt, sagaId } = decodeCursor(query.cursor);
    const position = `(${parameter(createdAt.toISOString(), 'timestamptz')}, ${parameter(sagaId, 'uuid')})`;
    conditions.push(`(header.created_at, header.id) ${isOldestFirst ? '>' : '<'} ${position}`);
  }
  const direction = isOldestFirst ? 'ASC' : 'DESC';
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return {
    statement: {
      // Its text depends on the query, and the best plan on the values.
      name: undefined,
      text: `SELECT ${headerColumns('header')} FROM ${execution} AS header ${where}
ORDER BY header.created_at ${direction}, header.id ${direction} LIMIT ${parameter(query.limit + 1, 'integer')}`,
    },
    values,
  };
}

/** Every name that has keys, by jumping from one to the next: the index of the keys begins with the name. */
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
