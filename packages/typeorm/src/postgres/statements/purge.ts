import type { PurgeRequest } from '@nest-saga/core/storage-kit';
import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
import { durableMoment } from './durable-moment.js';
import { openStatuses, terminalStatuses } from './status-lists.js';

/**
 * Deletes sagas that ended, each with its journal in one statement, so that a crash never leaves one without the other. A saga
 * whose row another transaction holds is skipped, so two purges share the work and wait for nothing. Returns the id and the time
 * of the creation of each.
 *
 * The statuses are compared with the terminal ones here, too: no request can delete an open saga. The text depends on the
 * request, and the best plan on its values, so it is not prepared.
 */
export function purgeStatement(
  { execution, log, outbox }: Tables,
  request: PurgeRequest,
): { readonly statement: Statement; readonly values: readonly unknown[] } {
  const { statuses, endedBefore, limit, after, among, dryRun } = request;
  const values: unknown[] = [[...statuses], endedBefore.toISOString(), limit];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const afterThis =
    after === undefined
      ? ''
      : `AND (header.created_at, header.id) > (${parameter(after.createdAt.toISOString())}::timestamptz, ${parameter(after.sagaId)}::uuid)`;
  const amongThese = among === undefined ? '' : `AND header.id = ANY (${parameter([...among])}::uuid[])`;
  const columns =
    'id, to_char(created_at AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\') AS created_at';
  const due = `due AS MATERIALIZED (
    SELECT header.id, header.created_at
    FROM ${execution} AS header${dryRun === true ? '' : ', moment'}
    WHERE header.status = ANY ($1::text[]) AND header.status IN (${terminalStatuses})
      AND header.created_at < $2::timestamptz AND header.updated_at < $2::timestamptz ${afterThis} ${amongThese}
      AND NOT EXISTS (SELECT FROM ${outbox} AS message WHERE message.saga_id = header.id)
      AND NOT EXISTS (
        SELECT FROM ${execution} AS parent
        WHERE parent.id = header.parent_id AND parent.status NOT IN (${terminalStatuses})
      )
      AND header.id NOT IN (${relativesOfLive(execution)})
    ORDER BY header.created_at, header.id
    LIMIT $3::integer${dryRun === true ? '' : ' FOR UPDATE OF header SKIP LOCKED'}
  )`;
  const text =
    dryRun === true
      ? `WITH ${due} SELECT ${columns} FROM due ORDER BY due.created_at, id`
      : `WITH ${durableMoment}, ${due}, journal AS (
    DELETE FROM ${log} AS entry USING due WHERE entry.saga_id = due.id
  ), purged AS (
    DELETE FROM ${execution} AS header USING due WHERE header.id = due.id RETURNING header.id, header.created_at
  )
SELECT ${columns} FROM purged ORDER BY purged.created_at, id`;
  return { statement: { name: undefined, text }, values };
}

/** The parents and the originals of sagas that have not ended. Both halves read a partial index. */
function relativesOfLive(execution: string): string {
  const of = (column: string, condition: string): string =>
    `SELECT live.${column} FROM ${execution} AS live WHERE live.${column} IS NOT NULL AND live.status ${condition}`;
  const conditions = [`IN (${openStatuses})`, "= 'stuck'"];
  return conditions
    .flatMap((condition) => [of('parent_id', condition), of('reverses', condition)])
    .join(' UNION ALL ');
}
