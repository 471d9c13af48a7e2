import type { ReleaseRequest } from '@nest-saga/core/storage-kit';
import type { Tables } from '../tables.js';
import type { BoundStatement } from './grouped-write.js';
import { columnsOf } from './columns.js';
import { durableMoment } from './durable-moment.js';
import { lastUsableSeq } from './fence.js';
import { openStatuses } from './status-lists.js';

/**
 * Releases sagas: the headers that the worker still owns are locked, a `released` entry is written if its `seq` is
 * free, and the headers whose entry was written lose their owner. Without a `seq`, the entry is appended at the end of
 * the journal. Returns a row for each.
 */
export function releaseStatement(
  { execution, log }: Tables,
  requests: readonly ReleaseRequest[],
): BoundStatement {
  const columns = columnsOf(requests, {
    saga_id: ['uuid', ({ sagaId }) => sagaId],
    seq: ['integer', ({ seq }) => seq ?? null],
    worker: ['text', ({ worker }) => worker],
    detail: ['json', ({ reason, begun }) => JSON.stringify({ reason, begun })],
    delay_ms: ['integer', ({ delayMs }) => Math.round(delayMs)],
  });
  return {
    statement: {
      name: 'release',
      text: `WITH ${durableMoment}, mine AS MATERIALIZED (
    SELECT request.saga_id, request.worker, request.detail, request.delay_ms,
      coalesce(request.seq, 1 + ${lastUsableSeq(log, 'request.saga_id')}) AS seq
    FROM ${columns.unnest(1, 'request')}
    JOIN ${execution} AS header
      ON header.id = request.saga_id AND header.owner = request.worker AND header.status IN (${openStatuses})
      AND (SELECT at FROM moment) IS NOT NULL
    ORDER BY header.id
    FOR NO KEY UPDATE OF header
  ), stored AS (
    INSERT INTO ${log} (saga_id, seq, kind, worker, detail, recorded_at)
    SELECT mine.saga_id, mine.seq, 'released', mine.worker, mine.detail, moment.at
    FROM mine, moment
    WHERE mine.seq = 1 OR (
      SELECT true FROM ${log} AS previous WHERE previous.saga_id = mine.saga_id AND previous.seq = mine.seq - 1
    )
    ORDER BY mine.saga_id
    ON CONFLICT DO NOTHING
    RETURNING saga_id
  )
UPDATE ${execution} AS header
SET owner = NULL, waiting = NULL, next_run_at = moment.at + mine.delay_ms * interval '1 millisecond', updated_at = moment.at
FROM mine, stored, moment
WHERE stored.saga_id = mine.saga_id AND header.id = mine.saga_id
RETURNING header.id`,
    },
    values: columns.values,
  };
}
