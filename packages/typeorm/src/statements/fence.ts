import type { Tables } from '../database/tables.js';
import { terminalStatuses } from './status-lists.js';

/**
 * The condition that an entry's place is the next one of a saga that has not ended. The last entry says both, because
 * whoever ended the saga wrote that into the entry; only the first entry has to ask the header whether there is such a
 * saga. One snapshot sees all of it. What it does not see yet, because somebody writes the same place at this moment,
 * the primary key refuses (23505): then nothing was written, and the statement that is run again sees it. That is
 * cheaper than ON CONFLICT, which writes each row in two steps.
 *
 * Scalar subqueries, because for an EXISTS behind an OR, PostgreSQL would read the whole journal into a hash table.
 */
export function isNextPlace({ execution, log }: Tables, sagaId: string, seq: string): string {
  return `coalesce((
    SELECT CASE WHEN last.status IN (${terminalStatuses}) THEN NULL ELSE last.seq END
    FROM ${log} AS last WHERE last.saga_id = ${sagaId} ORDER BY last.seq DESC LIMIT 1
  ), 0) = ${seq} - 1
  AND (
    ${seq} > 1
    OR (SELECT header.status FROM ${execution} AS header WHERE header.id = ${sagaId}) NOT IN (${terminalStatuses})
  )`;
}
