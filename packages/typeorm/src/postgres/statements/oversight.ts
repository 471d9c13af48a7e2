import { redeliverAction } from '@nest-saga/core/storage-kit';
import { timeColumn } from '../mapping/time-column.js';
import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
import { durableMoment } from './durable-moment.js';
import { openStatuses } from './status-lists.js';

/** Parameters: actor, action, saga, seq, note. Durable: a value is shown only after its row is. */
export function recordActStatement({ audit }: Tables): Statement {
  return {
    name: 'audit',
    text: `WITH ${durableMoment}
INSERT INTO ${audit} (at, actor, action, saga_id, seq, note)
SELECT moment.at, $1::text, $2::text, $3::uuid, $4::integer, $5::text FROM moment`,
  };
}

/** Parameters: saga, limit. */
export function listAuditStatement({ audit }: Tables): Statement {
  return {
    name: undefined,
    text: `SELECT ${timeColumn('at')} AS at, actor, action, seq, note
FROM ${audit} WHERE saga_id = $1::uuid ORDER BY id DESC LIMIT $2::integer`,
  };
}

/** The owned sagas are counted over the index of owners, which has only open ones. */
export function listWorkersStatement({ worker, execution }: Tables): Statement {
  return {
    name: undefined,
    text: `SELECT worker.id, ${timeColumn('worker.started_at')} AS started_at,
  ${timeColumn('worker.expires_at - clock_timestamp()')} AS lease_ms, owned.count AS owned
FROM ${worker} AS worker
CROSS JOIN LATERAL (
  SELECT count(*) FROM ${execution} AS header
  WHERE header.owner = worker.id AND header.status IN (${openStatuses})
) AS owned
ORDER BY worker.expires_at <= clock_timestamp(), worker.started_at, worker.id`,
  };
}

/** Parameters: limit. The index has only such entries, the newest last. */
export function listFailedDeliveriesStatement({ log, execution, audit }: Tables): Statement {
  return {
    name: undefined,
    text: `SELECT entry.saga_id, header.saga_name, entry.seq, ${timeColumn('entry.recorded_at')} AS recorded_at,
  entry.detail ->> 'emittedSeq' AS emitted_seq, entry.detail ->> 'handler' AS handler,
  entry.error ->> 'name' AS error_name, entry.error ->> 'message' AS error_message
FROM ${log} AS entry
JOIN ${execution} AS header ON header.id = entry.saga_id
WHERE entry.kind = 'delivery-failed' AND NOT EXISTS (
  SELECT FROM ${audit} AS act
  WHERE act.saga_id = entry.saga_id AND act.action = '${redeliverAction}'
    AND act.seq = (entry.detail ->> 'emittedSeq')::integer AND act.at >= entry.recorded_at
)
ORDER BY entry.recorded_at DESC, entry.saga_id, entry.seq LIMIT $1::integer`,
  };
}
