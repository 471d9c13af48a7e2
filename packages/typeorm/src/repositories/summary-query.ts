import type { ObjectLiteral, Repository, SelectQueryBuilder } from 'typeorm';
import type { SagaExecutionEntity } from '../entities/saga.entities.js';
import { isAgeing } from '../postgres/statements/is-ageing.js';
import { openStatuses } from '../postgres/statements/status-lists.js';

/** The moment from which on the age of a saga counts; null while it waits. */
const ageingSince = `CASE WHEN ${isAgeing} THEN coalesce(header.resumedAt, header.createdAt)
  WHEN header.nextRunAt <= clock_timestamp() THEN header.nextRunAt END`;

/** The kind of the wait; null without one. */
const waitingFor = "split_part(header.waiting, ':', 1)";

/**
 * Counts the sagas that are open or stuck, by status, name, version and what they wait for without an owner, with the age of the
 * oldest. Both halves read a partial index, so finished sagas cost nothing.
 */
export function summaryQuery(sagas: Repository<SagaExecutionEntity>): SelectQueryBuilder<ObjectLiteral> {
  const part = (condition: string): string =>
    sagas
      .createQueryBuilder('header')
      .select('header.status', 'status')
      .addSelect('header.sagaName', 'saga_name')
      .addSelect('header.sagaVersion', 'saga_version')
      .addSelect('count(*)', 'count')
      .addSelect(waitingFor, 'waiting_for')
      .addSelect(`(extract(epoch FROM clock_timestamp() - min(${ageingSince})) * 1000)::bigint`, 'age_ms')
      .where(condition)
      .groupBy('header.status')
      .addGroupBy('header.sagaName')
      .addGroupBy('header.sagaVersion')
      .addGroupBy(waitingFor)
      .getQuery();
  const parts = `(${part(`header.status IN (${openStatuses})`)} UNION ALL ${part(`header.status = 'stuck'`)})`;
  return sagas.manager.createQueryBuilder().select('part.*').from(parts, 'part');
}
