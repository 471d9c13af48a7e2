import { maximumSeq } from '@nest-saga/core/storage-kit';
import type { Tables } from '../tables.js';
import { terminalStatuses } from './status-lists.js';

/**
 * The condition that an entry's place, which is not the first, is the next one of a saga that has not ended. The last
 * entry says both, because whoever ended the saga wrote that into the entry. What the statement's snapshot does not see
 * yet, because somebody writes the same place at this moment, the primary key refuses (23505): then nothing was written,
 * and the statement that is run again sees it. That is cheaper than ON CONFLICT, which writes each row in two steps.
 *
 * A scalar subquery, because for an EXISTS behind an OR, PostgreSQL would read the whole journal into a hash table.
 */
export function isNextPlace({ log }: Tables, sagaId: string, seq: string): string {
  return `coalesce((
    SELECT CASE WHEN last.status IN (${terminalStatuses}) THEN NULL ELSE last.seq END
    FROM ${log} AS last WHERE last.saga_id = ${sagaId} ORDER BY last.seq DESC LIMIT 1
  ), 0) = ${seq} - 1`;
}

/** The same where the place may be the first: then the header has to say that there is such a saga, and it is open. */
export function isFirstOrNextPlace(tables: Tables, sagaId: string, seq: string): string {
  return `${isNextPlace(tables, sagaId, seq)}
  AND (
    ${seq} > 1
    OR (SELECT header.status FROM ${tables.execution} AS header WHERE header.id = ${sagaId}) NOT IN (${terminalStatuses})
  )`;
}

/**
 * The last place of a journal, 0 where it is empty; of one that is full, the one before: what comes next finds its place
 * taken then, where a number that no place can have would fail the statement, and everybody's claim with it.
 */
export function lastUsableSeq(log: string, sagaId: string): string {
  return `least(coalesce((
    SELECT max(entry.seq) FROM ${log} AS entry WHERE entry.saga_id = ${sagaId}
  ), 0), ${maximumSeq - 1})`;
}
