import { isOpen } from '@nest-saga/core';
import type { SagaFailure, SagaHeader, SagaStatus, SagaStuck } from '@nest-saga/core';
import { required } from '../database/statement.js';
import type { Row } from '../database/statement.js';
import { timeColumn, toDate } from './time-column.js';
import { toSagaWaiting } from './waiting-column.js';

/**
 * What a statement selects of `saga_execution`, for `toSagaHeader`.
 *
 * @param onlyWhere A condition for the columns that can be large, where a statement repeats a header in many rows.
 */
export function headerColumns(alias: string, onlyWhere?: string): string {
  const large = (column: string): string =>
    onlyWhere === undefined
      ? `${alias}.${column}`
      : `CASE WHEN ${onlyWhere} THEN ${alias}.${column} END AS ${column}`;
  return `${alias}.id, ${alias}.saga_name, ${alias}.saga_version, ${alias}.saga_key, ${alias}.status, ${alias}.owner,
    ${timeColumn(`${alias}.next_run_at`)} AS next_run_at, ${alias}.waiting, ${large('context')}, ${large('failure')}, ${large('stuck')},
    ${large('metadata')}, ${timeColumn(`${alias}.created_at`)} AS created_at,
    ${timeColumn(`${alias}.updated_at`)} AS updated_at`;
}

/** The header that a row of `saga_execution` holds. */
export function toSagaHeader(row: Row): SagaHeader {
  const { saga_key: key, owner, next_run_at: nextRunAt, waiting, failure, stuck } = row;
  const status = required(row, 'status') as SagaStatus;
  return {
    sagaId: required(row, 'id'),
    saga: required(row, 'saga_name'),
    version: Number(required(row, 'saga_version')),
    key: key ?? undefined,
    status,
    owner: owner ?? undefined,
    nextRunAt: typeof nextRunAt === 'string' ? toDate(nextRunAt) : undefined,
    waiting: toSagaWaiting(waiting, typeof owner !== 'string' && isOpen(status)),
    context: required(row, 'context'),
    failure: typeof failure === 'string' ? (JSON.parse(failure) as SagaFailure) : undefined,
    stuck: typeof stuck === 'string' ? (JSON.parse(stuck) as SagaStuck) : undefined,
    metadata: JSON.parse(required(row, 'metadata')) as Readonly<Record<string, string>>,
    createdAt: toDate(required(row, 'created_at')),
    updatedAt: toDate(required(row, 'updated_at')),
  };
}
