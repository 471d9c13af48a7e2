import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
import { durableMoment } from './durable-moment.js';
import { knownSaga } from './known-saga.js';
import { openStatuses } from './status-lists.js';

/**
 * Releases the sagas of workers that are not alive. The owners are found by jumping from one to the next in their
 * index, so the cost grows with the workers and the orphans, not with the sagas of living workers. Returns a row for
 * each.
 *
 * Parameters: names, versions, limit.
 */
export function releaseExpiredStatement({ execution, worker }: Tables): Statement {
  const isOpen = `status IN (${openStatuses})`;
  return {
    name: 'expire',
    text: `WITH RECURSIVE ${durableMoment}, owner AS (
    SELECT min(owner) AS id FROM ${execution} WHERE ${isOpen}
    UNION ALL
    SELECT (SELECT min(header.owner) FROM ${execution} AS header WHERE header.owner > owner.id AND header.${isOpen})
    FROM owner WHERE owner.id IS NOT NULL
  ), dead AS MATERIALIZED (
    SELECT owner.id FROM owner
    WHERE owner.id IS NOT NULL AND NOT EXISTS (
      SELECT FROM ${worker} AS living WHERE living.id = owner.id AND living.expires_at > clock_timestamp()
    )
  ), orphan AS MATERIALIZED (
    SELECT header.id
    FROM ${execution} AS header
    WHERE header.owner = ANY (ARRAY(SELECT id FROM dead)) AND header.${isOpen} AND ${knownSaga('header', 1)}
    LIMIT $3::integer
    FOR NO KEY UPDATE OF header SKIP LOCKED
  )
UPDATE ${execution} AS header
SET owner = NULL, waiting = NULL, next_run_at = moment.at, updated_at = moment.at
FROM orphan, moment
WHERE header.id = orphan.id
RETURNING header.id`,
  };
}
