import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
import { entryColumns } from '../mapping/journal-entry-row.js';
import { headingColumns } from '../mapping/saga-header-row.js';
import { durableMoment } from './durable-moment.js';

/** The time of a statement that need not be durable: if it is lost in a crash, messages are delivered twice. */
const passingMoment = `moment AS MATERIALIZED (SELECT date_trunc('milliseconds', clock_timestamp()) AS at)`;

/** The rows of three arrays, from the first parameter on. */
const positions = 'unnest($1::uuid[], $2::integer[], $3::text[]';
const isThatMessage = `message.saga_id = given.saga_id AND message.seq = given.seq AND message.sink = given.sink`;

/**
 * Leases messages that are due: the first one of each saga and sink, so that a later one is never delivered before it.
 * A message that another relay is taking is skipped; one that was leased since the snapshot is not due any more. The lock
 * is in a materialised CTE, as for a claim.
 *
 * Parameters: relay, sinks, whether parked messages let later ones pass, names of sagas or null, limit, lease in milliseconds.
 */
export function takeMessagesStatement({ outbox, execution, log }: Tables): Statement {
  return {
    name: 'outbox_take',
    text: `WITH ${passingMoment}, head AS MATERIALIZED (
    SELECT message.saga_id, message.seq, message.sink
    FROM ${outbox} AS message
    WHERE NOT message.parked AND message.next_try_at <= (SELECT at FROM moment) AND message.sink = ANY ($2::text[])
      AND NOT EXISTS (
        SELECT FROM ${outbox} AS earlier
        WHERE earlier.saga_id = message.saga_id AND earlier.sink = message.sink AND earlier.seq < message.seq
          AND NOT (earlier.parked AND $3::boolean)
      )
      AND ($4::text[] IS NULL OR (
        SELECT header.saga_name = ANY ($4::text[]) FROM ${execution} AS header WHERE header.id = message.saga_id
      ))
    ORDER BY message.next_try_at
    LIMIT $5::integer
    FOR NO KEY UPDATE OF message SKIP LOCKED
  ), leased AS (
    UPDATE ${outbox} AS message
    SET lease = $1::text, leased_until = moment.at + $6::bigint * interval '1 millisecond',
      next_try_at = moment.at + $6::bigint * interval '1 millisecond'
    FROM head, moment
    WHERE message.saga_id = head.saga_id AND message.seq = head.seq AND message.sink = head.sink
    RETURNING message.saga_id, message.seq, message.sink, message.attempts
  )
SELECT leased.sink, leased.attempts AS failed_attempts, ${headingColumns('header')},
  ${entryColumns('entry', { context: 'false', response: 'false' })}
FROM leased
JOIN ${execution} AS header ON header.id = leased.saga_id
JOIN ${log} AS entry ON entry.saga_id = leased.saga_id AND entry.seq = leased.seq`,
  };
}

/** Deletes messages. Parameters: ids, seqs, sinks. */
export function removeMessagesStatement({ outbox }: Tables): Statement {
  return {
    name: 'outbox_remove',
    text: `DELETE FROM ${outbox} AS message
USING ${positions}) AS given (saga_id, seq, sink)
WHERE ${isThatMessage}`,
  };
}

/** Returns messages of a relay. Parameters: ids, seqs, sinks, relays, whether each failed, delays in milliseconds, whether each is parked. */
export function postponeMessagesStatement({ outbox }: Tables): Statement {
  return {
    name: 'outbox_postpone',
    text: `WITH ${passingMoment}
UPDATE ${outbox} AS message
SET lease = NULL, leased_until = NULL, attempts = message.attempts + CASE WHEN given.is_failure THEN 1 ELSE 0 END,
  parked = given.parked, next_try_at = moment.at + given.delay_ms * interval '1 millisecond'
FROM ${positions}, $4::text[], $5::boolean[], $6::bigint[], $7::boolean[])
  AS given (saga_id, seq, sink, relay, is_failure, delay_ms, parked), moment
WHERE ${isThatMessage} AND message.lease = given.relay`,
  };
}

/** Counts the messages of each sink, and the age of the oldest. */
export function summarizeMessagesStatement({ outbox }: Tables): Statement {
  return {
    name: 'outbox_summary',
    text: `SELECT message.sink, count(*) FILTER (WHERE NOT message.parked) AS undelivered,
  count(*) FILTER (WHERE message.parked) AS parked,
  greatest(0, coalesce(extract(epoch FROM
    clock_timestamp() - min(message.recorded_at) FILTER (WHERE NOT message.parked)
  ), 0) * 1000)::bigint AS lag_ms
FROM ${outbox} AS message
GROUP BY message.sink ORDER BY message.sink COLLATE "C"`,
  };
}

/** Makes a message due at once, and keeps who asked for it. Parameters: id, seq, sink, actor, action, note. */
export function redeliverMessageStatement({ outbox, audit }: Tables): Statement {
  return {
    name: 'outbox_redeliver',
    text: audited(
      audit,
      `UPDATE ${outbox} AS message
    SET lease = NULL, leased_until = NULL, attempts = 0, parked = false, next_try_at = moment.at
    FROM moment
    WHERE ${isOneMessage}
    RETURNING message.saga_id`,
    ),
  };
}

/** Deletes a message, and keeps who asked for it. Parameters: id, seq, sink, actor, action, note. */
export function discardMessageStatement({ outbox, audit }: Tables): Statement {
  return {
    name: 'outbox_discard',
    text: audited(
      audit,
      `DELETE FROM ${outbox} AS message
    USING moment
    WHERE ${isOneMessage}
    RETURNING message.saga_id`,
    ),
  };
}

const isOneMessage =
  'message.saga_id = $1::uuid AND message.seq = $2::integer AND message.sink = $3::text AND moment.at IS NOT NULL';

function audited(audit: string, change: string): string {
  return `WITH ${durableMoment}, changed AS (
    ${change}
  )
INSERT INTO ${audit} (at, actor, action, saga_id, seq, note)
SELECT moment.at, $4::text, $5::text, $1::uuid, $2::integer, $6::text FROM changed, moment
RETURNING id`;
}
