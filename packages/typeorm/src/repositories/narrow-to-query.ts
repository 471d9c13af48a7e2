import { decodeCursor, listedStatuses, progressKinds, waitingFilter } from '@nest-saga/core/storage-kit';
import type { SagaListQuery } from '@nest-saga/core';
import type { SelectQueryBuilder } from 'typeorm';
import type { Tables } from '../postgres/tables.js';
import type { SagaExecutionEntity } from '../entities/saga.entities.js';
import { toTagsColumn } from '../postgres/mapping/tags-column.js';
import { openStatuses } from '../postgres/statements/status-lists.js';

/**
 * Adds the filters and the order of a list to a query of headers. The text consists of fixed parts only; the values
 * from the caller are parameters, and the order is one of two.
 *
 * @param hasRareTag The sagas with a rare tag are few: they are found by their tags and sorted, and not searched for in the
 * order of their creation.
 * @throws InvalidArgumentError for a cursor that no page returned.
 */
export function narrowToQuery(
  select: SelectQueryBuilder<SagaExecutionEntity>,
  query: SagaListQuery,
  tables: Tables,
  hasRareTag: boolean,
): SelectQueryBuilder<SagaExecutionEntity> {
  const { saga, key, keyPrefix, tags, waiting, owner, from, to, order, cursor } = query;
  const statuses = listedStatuses(query);
  if (statuses?.length === 1) select.andWhere('header.status = :status', { status: statuses[0] });
  else if (statuses !== undefined) select.andWhere('header.status = ANY (:statuses::text[])', { statuses });
  if (saga !== undefined) select.andWhere('header.sagaName = :saga', { saga });
  if (key !== undefined) select.andWhere('header.sagaKey = :key', { key });
  // A prefix in the form that the index of the keys knows.
  if (keyPrefix !== undefined) select.andWhere('header.sagaKey ^@ :keyPrefix', { keyPrefix });
  if ((key ?? keyPrefix) !== undefined && saga === undefined)
    select.andWhere(`header.sagaName = ANY (${namesWithKeys(tables.execution)})`);
  if (tags !== undefined && tags.length > 0)
    select.andWhere('header.tags @> :tags::text[]', { tags: toTagsColumn(tags) });
  if (waiting !== undefined) narrowToWait(select, waiting);
  if (owner !== undefined)
    select.andWhere(`header.owner = :owner AND header.status IN (${openStatuses})`, { owner });
  if (from !== undefined) select.andWhere('header.createdAt >= :from', { from: from.toISOString() });
  if (to !== undefined) select.andWhere('header.createdAt < :to', { to: to.toISOString() });
  narrowByJournal(select, query, tables);
  const isOldestFirst = order === 'oldest';
  if (cursor !== undefined) {
    const { createdAt, sagaId } = decodeCursor(cursor);
    select.andWhere(
      `(header.createdAt, header.id) ${isOldestFirst ? '>' : '<'} (:afterTime::timestamptz, :afterId::uuid)`,
      { afterTime: createdAt.toISOString(), afterId: sagaId },
    );
  }
  const direction = isOldestFirst ? 'ASC' : 'DESC';
  // An expression, so that no index has this order.
  const created = hasRareTag ? "header.createdAt + interval '0'" : 'header.createdAt';
  return select.orderBy(created, direction).addOrderBy('header.id', direction);
}

/** Only a saga without an owner waits: for one with an owner, an older release may have left the last wait in the column. */
function narrowToWait(select: SelectQueryBuilder<SagaExecutionEntity>, waiting: string): void {
  select.andWhere(`header.owner IS NULL AND header.status IN (${openStatuses})`);
  const { for: kind, name } = waitingFilter(waiting);
  if (name === undefined) select.andWhere('header.waiting ^@ :waitingFor', { waitingFor: `${kind}:` });
  else select.andWhere('header.waiting = :waiting', { waiting });
}

/** Looks into the journals of open and stuck sagas alone: the statuses of the list are limited to these. */
function narrowByJournal(
  select: SelectQueryBuilder<SagaExecutionEntity>,
  { minimumAttempts, minimumRecoveries, staleForMs }: SagaListQuery,
  { log }: Tables,
): void {
  const newest = 'ORDER BY entry.seq DESC LIMIT 1';
  if (minimumAttempts !== undefined) {
    const last = `SELECT CASE WHEN entry.kind IN ('act-failed', 'compensation-failed') THEN entry.attempt END
      FROM ${log} AS entry WHERE entry.saga_id = header.id AND entry.attempt IS NOT NULL ${newest}`;
    select.andWhere(`(${last}) >= :minimumAttempts::integer`, { minimumAttempts });
  }
  if (minimumRecoveries !== undefined)
    select.andWhere(`(${recoveries(log)}) >= :minimumRecoveries::integer`, {
      minimumRecoveries,
      progressKinds,
    });
  if (staleForMs !== undefined) {
    const last = `SELECT entry.recorded_at FROM ${log} AS entry WHERE entry.saga_id = header.id ${newest}`;
    select.andWhere(
      `coalesce((${last}), header.createdAt) <= clock_timestamp() - :staleForMs::bigint * interval '1 millisecond'`,
      { staleForMs },
    );
  }
}

/** The claims since the last progress that followed neither an orderly release nor a wait without an owner. */
function recoveries(log: string): string {
  return `SELECT count(*) FROM ${log} AS claim
    LEFT JOIN ${log} AS before ON before.saga_id = claim.saga_id AND before.seq = claim.seq - 1
    WHERE claim.saga_id = header.id AND claim.kind = 'claimed'
      AND claim.detail->>'from' <> 'pending' AND claim.detail->>'parked' IS NULL
      AND (before.kind IS DISTINCT FROM 'released' OR before.detail->>'reason' = 'trouble')
      AND claim.seq > coalesce((
        SELECT max(progress.seq) FROM ${log} AS progress
        WHERE progress.saga_id = header.id AND progress.kind = ANY (:progressKinds::text[])
      ), 0)`;
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
