import type { SagaHeading, SagaPath } from '@nest-saga/core/storage-kit';
import { isOpen } from '@nest-saga/core';
import type { SagaFailure, SagaHeader, SagaStatus, SagaStuck } from '@nest-saga/core';
import { required } from '../statement.js';
import type { Row } from '../statement.js';
import { timeColumn, toDate } from './time-column.js';
import { toSagaWaiting } from './waiting-column.js';

/**
 * The columns of `saga_execution` that a statement selects for `toSagaHeader`.
 *
 * @param onlyWhere A condition for the columns that can be large, if a statement repeats a header in many rows.
 */
export function headerColumns(alias: string, onlyWhere?: string): string {
  return `${large(alias, 'context', onlyWhere)}, ${headingColumns(alias, onlyWhere)}`;
}

/** The same without the context, for `toSagaHeading`. */
export function headingColumns(alias: string, onlyWhere?: string): string {
  return `${alias}.id, ${alias}.saga_name, ${alias}.saga_version, ${alias}.saga_key, ${alias}.status, ${alias}.owner,
    ${timeColumn(`${alias}.next_run_at`)} AS next_run_at, ${timeColumn(`${alias}.deadline_at`)} AS deadline_at, ${alias}.waiting,
    ${alias}.parent_id, ${alias}.reverses, ${large(alias, 'path', onlyWhere)},
    ${large(alias, 'failure', onlyWhere)},
    ${large(alias, 'stuck', onlyWhere)}, ${large(alias, 'metadata', onlyWhere)}, array_to_json(${alias}.tags) AS tags,
    ${timeColumn(`${alias}.created_at`)} AS created_at, ${timeColumn(`${alias}.updated_at`)} AS updated_at`;
}

function large(alias: string, column: string, onlyWhere: string | undefined): string {
  if (onlyWhere === undefined) return `${alias}.${column}`;
  return `CASE WHEN ${onlyWhere} THEN ${alias}.${column} END AS ${column}`;
}

/** The header in a row of `saga_execution`. */
export function toSagaHeader(row: Row): SagaHeader {
  return { ...toSagaHeading(row), context: required(row, 'context') };
}

/** The same without the context. */
export function toSagaHeading(row: Row): SagaHeading {
  const { saga_key: key, owner, next_run_at: nextRunAt, waiting, path, failure, stuck } = row;
  const { deadline_at: deadlineAt, tags } = row;
  const status = required(row, 'status') as SagaStatus;
  const heading: SagaHeading = {
    sagaId: required(row, 'id'),
    saga: required(row, 'saga_name'),
    version: Number(required(row, 'saga_version')),
    key: key ?? undefined,
    status,
    owner: owner ?? undefined,
    nextRunAt: typeof nextRunAt === 'string' ? toDate(nextRunAt) : undefined,
    deadlineAt: typeof deadlineAt === 'string' ? toDate(deadlineAt) : undefined,
    waiting: toSagaWaiting(waiting, typeof owner !== 'string' && isOpen(status)),
    parentId: row['parent_id'] ?? undefined,
    reverses: row['reverses'] ?? undefined,
    path: typeof path === 'string' ? (JSON.parse(path) as SagaPath) : undefined,
    failure: typeof failure === 'string' ? (JSON.parse(failure) as SagaFailure) : undefined,
    stuck: typeof stuck === 'string' ? (JSON.parse(stuck) as SagaStuck) : undefined,
    metadata: JSON.parse(required(row, 'metadata')) as Readonly<Record<string, string>>,
    createdAt: toDate(required(row, 'created_at')),
    updatedAt: toDate(required(row, 'updated_at')),
  };
  return typeof tags === 'string' ? { ...heading, tags: JSON.parse(tags) as readonly string[] } : heading;
}
