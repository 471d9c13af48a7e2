import { toEntryText } from '@nest-saga/core/storage-kit';
import type { AppendRequest } from '@nest-saga/core';
import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
import type { WritePart } from './write-part.js';
import { columnsOf } from './columns.js';

/** Stores the messages of the entries that were written by the part `stored` beside it. */
export function tellMessages({ inbox }: Tables, appends: readonly AppendRequest[]): WritePart {
  const told = appends.flatMap(({ sagaId, tell }) => (tell === undefined ? [] : [{ teller: sagaId, tell }]));
  const columns = columnsOf(told, {
    teller: ['uuid', ({ teller }) => teller],
    id: ['uuid', ({ tell }) => tell.id],
    saga_id: ['uuid', ({ tell }) => tell.sagaId],
    entry: ['json', ({ tell }) => toEntryText(tell.entry)],
  });
  return {
    key: 'm',
    name: 'told',
    isAnswer: false,
    values: columns.values,
    sql: (first) => `INSERT INTO ${inbox} (id, saga_id, entry, created_at)
    SELECT message.id, message.saga_id, message.entry, moment.at
    FROM ${columns.unnest(first, 'message')}, moment
    WHERE (message.teller IN (SELECT id FROM stored)) IS TRUE`,
  };
}

/**
 * Leases messages, the oldest first. A lease that is lost in a crash of the server means that a message is delivered twice,
 * which its receiver notices, so the commit does not wait for the disk; if there is no message, nothing is written.
 * Parameters: limit, lease in milliseconds.
 */
export function takeInboxStatement({ inbox }: Tables): Statement {
  return {
    name: 'inbox_take',
    text: `WITH due AS MATERIALIZED (
    SELECT id FROM ${inbox}
    WHERE leased_until IS NULL OR leased_until <= clock_timestamp()
    ORDER BY created_at, id
    LIMIT $1::integer
    FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE ${inbox} AS message
    SET leased_until = clock_timestamp() + $2::integer * interval '1 millisecond'
    FROM due
    WHERE message.id = due.id
    RETURNING message.id, message.saga_id, message.entry, message.created_at
  )
SELECT id, saga_id, entry FROM taken ORDER BY created_at, id`,
  };
}

/** Deletes messages, as durably as they are leased. Parameters: their ids. */
export function removeInboxStatement({ inbox }: Tables): Statement {
  return { name: 'inbox_remove', text: `DELETE FROM ${inbox} WHERE id = ANY ($1::uuid[])` };
}
