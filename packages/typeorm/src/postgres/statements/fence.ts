import { maximumSeq } from '@nest-saga/core/storage-kit';
import type { Tables } from '../tables.js';
import { terminalStatuses } from './status-lists.js';

/**
 * The condition that an entry's `seq`, which is not the first, is the next one of a saga that has not ended. The last
 * entry shows both, because the entry that ends a saga has the status. If another transaction writes the same `seq` at
 * this moment, the statement's snapshot does not contain it, and the primary key refuses the entry (23505): nothing was
 * written, and a repetition of the statement sees it. That is cheaper than ON CONFLICT, which writes each row in two
 * steps.
 *
 * A scalar subquery, because for an EXISTS after an OR, PostgreSQL would read the whole journal into a hash table.
 */
export function isNextSeq({ log }: Tables, sagaId: string, seq: string): string {
  return `coalesce((
    SELECT CASE WHEN last.status IN (${terminalStatuses}) THEN NULL ELSE last.seq END
    FROM ${log} AS last WHERE last.saga_id = ${sagaId} ORDER BY last.seq DESC LIMIT 1
  ), 0) = ${seq} - 1`;
}

/** The same if the `seq` may be the first: then the header has to show that the saga exists and is open. */
export function isFirstOrNextSeq(tables: Tables, sagaId: string, seq: string): string {
  return `${isNextSeq(tables, sagaId, seq)}
  AND (
    ${seq} > 1
    OR (SELECT header.status FROM ${tables.execution} AS header WHERE header.id = ${sagaId}) NOT IN (${terminalStatuses})
  )`;
}

/**
 * The last `seq` of a journal, 0 if it is empty. For a full journal, the one before: the next `seq` is then used
 * already, whereas a number that is out of range would fail the statement, and with it the claims of all other sagas.
 */
export function lastUsableSeq(log: string, sagaId: string): string {
  return `least(coalesce((
    SELECT max(entry.seq) FROM ${log} AS entry WHERE entry.saga_id = ${sagaId}
  ), 0), ${maximumSeq - 1})`;
}
