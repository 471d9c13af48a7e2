import { decodeWaitingCursor } from '@nest-saga/core/storage-kit';
import type { WaitingListQuery } from '@nest-saga/core/storage-kit';
import type { SelectQueryBuilder } from 'typeorm';
import type { SagaExecutionEntity } from '../entities/saga.entities.js';
import { openStatuses } from '../postgres/statements/status-lists.js';

/**
 * Adds the filters and the order of a list of sagas that wait. The condition of the index is in the text, so that every plan
 * can use it.
 *
 * @throws InvalidArgumentError for a cursor that no page returned.
 */
export function narrowToWaiting(
  select: SelectQueryBuilder<SagaExecutionEntity>,
  { for: what, saga, among, cursor }: WaitingListQuery,
): SelectQueryBuilder<SagaExecutionEntity> {
  select
    .where(`header.waiting LIKE '${prefixes[what]}%'`)
    .andWhere(`header.owner IS NULL AND header.status IN (${openStatuses})`);
  if (saga !== undefined) select.andWhere('header.sagaName = :saga', { saga });
  if (among !== undefined) {
    const waits = among.map(({ name }) => `${prefixes[what]}${name}`);
    // `IS TRUE` keeps it a filter over the index that has the order, as in `knownSaga`.
    select.andWhere(
      `((header.sagaName, header.sagaVersion, header.waiting) IN (
        SELECT known.name, known.version, known.wait
        FROM unnest(:names::text[], :versions::integer[], :waits::text[]) AS known (name, version, wait)
      )) IS TRUE`,
      { names: among.map((one) => one.saga), versions: among.map(({ version }) => version), waits },
    );
  }
  if (cursor !== undefined) {
    const { name, createdAt, sagaId } = decodeWaitingCursor(cursor);
    select.andWhere(
      '(header.waiting, header.createdAt, header.id) > (:afterWait::text, :afterTime::timestamptz, :afterId::uuid)',
      { afterWait: `${prefixes[what]}${name}`, afterTime: createdAt.toISOString(), afterId: sagaId },
    );
  }
  return select.orderBy('header.waiting').addOrderBy('header.createdAt').addOrderBy('header.id');
}

const prefixes = { approval: 'approval:' } as const;
