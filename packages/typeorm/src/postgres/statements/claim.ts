import { SagaStuckReason } from '@nest-saga/core';
import { maximumSeq } from '@nest-saga/core/storage-kit';
import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
import { headerColumns } from '../mapping/saga-header-row.js';
import { durableMoment } from './durable-moment.js';
import { lastUsableSeq } from './fence.js';
import { isAgeing } from './is-ageing.js';
import { knownSaga } from './known-saga.js';
import { openStatuses } from './status-lists.js';

/**
 * Claims due sagas for a worker: locks them, skips locked ones, writes the claim entries, and changes the headers whose
 * entry was written. Returns the sagas of this very statement, with the `seq`, the status and the detail of each claim and
 * the size of what is read of the journal, which is known without reading the values.
 *
 * The lock is in a materialised CTE, so that each row is locked once and `LIMIT` counts locked rows; without it, two
 * workers claim one saga under load. A worker whose own row has expired claims nothing.
 *
 * Parameters: worker, names, versions, limit and, for `claimOne`, an id.
 */
export function claimStatement(tables: Tables): Statement {
  return { name: 'claim', text: claimText(tables, '') };
}

/** Like `claimStatement`, for one saga. */
export function claimOneStatement(tables: Tables): Statement {
  return { name: 'claim_one', text: claimText(tables, 'AND header.id = $5::uuid') };
}

/**
 * A journal without a free `seq` for a claim becomes STUCK in the header alone: operators see it, and it is not claimed
 * any more.
 */
const stuck = JSON.stringify({
  reason: SagaStuckReason.JournalFull,
  message: 'the journal has no place left for another entry',
});

function claimText({ execution, log, worker }: Tables, condition: string): string {
  return `WITH ${durableMoment}, due AS MATERIALIZED (
    SELECT header.id, header.status, header.waiting
    FROM ${execution} AS header
    WHERE header.owner IS NULL AND header.status IN (${openStatuses})
      AND header.next_run_at <= (SELECT at FROM moment)
      AND EXISTS (
        SELECT FROM ${worker} AS claimant WHERE claimant.id = $1::text AND claimant.expires_at > clock_timestamp()
      )
      AND ${knownSaga('header', 2)} ${condition}
    ORDER BY header.next_run_at
    LIMIT $4::integer
    FOR NO KEY UPDATE OF header SKIP LOCKED
  ), full_one AS (
    UPDATE ${execution} AS header
    SET status = 'stuck', stuck = '${stuck}', next_run_at = NULL, waiting = NULL, updated_at = moment.at
    FROM due, moment
    WHERE header.id = due.id AND (
      SELECT true FROM ${log} AS last WHERE last.saga_id = due.id AND last.seq = ${maximumSeq}
    )
  ), claimed AS (
    INSERT INTO ${log} (saga_id, seq, kind, status, worker, detail, recorded_at)
    SELECT due.id, 1 + ${lastUsableSeq(log, 'due.id')}, 'claimed', CASE due.status WHEN 'pending' THEN 'running' END, $1::text, CASE
        WHEN due.waiting IS NULL THEN json_build_object('from', due.status)
        ELSE json_build_object('from', due.status, 'parked', true)
      END, moment.at
    FROM due, moment
    ORDER BY due.id
    ON CONFLICT DO NOTHING
    RETURNING saga_id, seq, status, detail
  ), taken AS (
    UPDATE ${execution} AS header
    SET owner = $1::text, next_run_at = NULL, waiting = NULL, updated_at = moment.at,
      resumed_at = CASE WHEN ${isAgeing} THEN header.resumed_at ELSE header.next_run_at END,
      status = CASE header.status WHEN 'pending' THEN 'running' ELSE header.status END
    FROM claimed, moment
    WHERE header.id = claimed.saga_id
    RETURNING claimed.seq AS claim_seq, claimed.status AS claim_status, claimed.detail AS claim_detail, header.*
  )
SELECT taken.claim_seq, taken.claim_status, taken.claim_detail, ${headerColumns('taken')}, CASE WHEN taken.claim_seq = 1 THEN 0 ELSE (
    SELECT coalesce(sum(
      coalesce(pg_column_size(entry.response), 0) + coalesce(pg_column_size(entry.error), 0)
        + coalesce(pg_column_size(entry.detail), 0)
    ), 0) + coalesce(max(pg_column_size(entry.context)), 0) + coalesce(max(pg_column_size(entry.events)), 0)
    FROM ${log} AS entry WHERE entry.saga_id = taken.id
  ) END AS journal_bytes
FROM taken`;
}
