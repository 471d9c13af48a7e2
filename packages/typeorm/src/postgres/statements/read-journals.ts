import { maximumBytesRead } from '@nest-saga/core/storage-kit';
import type { JournalCursor } from '@nest-saga/core/storage-kit';
import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
import { entryColumns } from '../mapping/journal-entry-row.js';
import { headerColumns, headingColumns } from '../mapping/saga-header-row.js';
import type { BoundStatement } from './grouped-write.js';
import { columnsOf } from './columns.js';
import { openStatuses } from './status-lists.js';

/**
 * A header with its entries after a `seq` up to the maximum size of a read, in one statement and so in one consistent
 * view. A header's large columns are only in its first row. Each row has the end of the journal. Parameters: id, seq.
 */
export function loadStatement({ execution, log }: Tables): Statement {
  const bytes = bytesOf('context', 'response', 'error', 'events', 'detail');
  return {
    name: 'load',
    text: `WITH sized AS (
    SELECT entry.seq, row_number() OVER (ORDER BY entry.seq) AS place, max(entry.seq) OVER () AS last_seq,
      coalesce(sum(${bytes}) OVER (ORDER BY entry.seq ${rowsBefore}), 0) AS bytes_before
    FROM ${log} AS entry WHERE entry.saga_id = $1::uuid AND entry.seq > $2::integer
  )
SELECT header.id AS saga_id, sized.last_seq, ${headerColumns('header', 'sized.seq IS NULL OR sized.place = 1')},
  ${entryColumns('entry')}
FROM ${execution} AS header
LEFT JOIN sized ON sized.bytes_before < ${maximumBytesRead}
LEFT JOIN ${log} AS entry ON entry.saga_id = header.id AND entry.seq = sized.seq
WHERE header.id = $1::uuid
ORDER BY sized.seq`,
  };
}

/**
 * Headers with the entries after their cursors, without contexts, of many sagas in one consistent view: those with new
 * entries, those that are not open any more, and unknown ones, which are a row without a header. Each row has the end of
 * the journal. If the rows before one have the maximum size of a read, it comes without its entry if it is the first of
 * its saga, or not at all.
 */
export function readNewsStatement(
  { execution, log }: Tables,
  cursors: readonly JournalCursor[],
): BoundStatement {
  const columns = columnsOf(cursors, {
    saga_id: ['uuid', ({ sagaId }) => sagaId],
    after_seq: ['integer', ({ afterSeq }) => afterSeq],
  });
  const isFirst = 'found.seq IS NULL OR found.seq = found.after_seq + 1';
  const isNews = `header.id IS NULL OR found.seq IS NOT NULL OR header.status NOT IN (${openStatuses})`;
  const isWithin = `found.bytes_before < ${maximumBytesRead}`;
  const order = 'ORDER BY journal.saga_id, entry.seq';
  return {
    statement: {
      name: 'read_news',
      text: `WITH found AS (
    SELECT journal.saga_id, journal.after_seq, entry.seq,
      max(entry.seq) OVER (PARTITION BY journal.saga_id) AS last_seq,
      coalesce(sum(${bytesOf('response', 'error', 'events', 'detail')}) OVER (${order} ${rowsBefore}), 0) AS bytes_before
    FROM ${columns.unnest(1, 'journal')}
    LEFT JOIN ${log} AS entry ON entry.saga_id = journal.saga_id AND entry.seq > journal.after_seq
  )
SELECT found.saga_id, found.last_seq, ${headingColumns('header', isFirst)},
  ${entryColumns('entry', { context: 'false' })}
FROM found
LEFT JOIN ${execution} AS header ON header.id = found.saga_id
LEFT JOIN ${log} AS entry ON entry.saga_id = found.saga_id AND entry.seq = found.seq AND ${isWithin}
WHERE (${isNews}) AND (${isWithin} OR ${isFirst})
ORDER BY found.saga_id, found.seq`,
    },
    values: columns.values,
  };
}

/**
 * Headers with their journals without values, except the last context, in the order of the ids, up to the maximum size
 * of a read. Each journal is of one consistent view.
 */
export function readOutlinesStatement(
  { execution, log }: Tables,
  sagaIds: readonly string[],
): BoundStatement {
  const columns = columnsOf(
    sagaIds.map((sagaId, place) => ({ sagaId, place })),
    { saga_id: ['uuid', ({ sagaId }) => sagaId], place: ['integer', ({ place }) => place] },
  );
  const bytes = 'pg_column_size(header.context) + journal.bytes';
  const isLastContext = 'entry.seq = sized.context_seq';
  return {
    statement: {
      name: 'outlines',
      text: `WITH sized AS (
    SELECT wanted.place, wanted.saga_id, journal.context_seq,
      coalesce(sum(${bytes}) OVER (ORDER BY wanted.place ${rowsBefore}), 0) AS bytes_before
    FROM ${columns.unnest(1, 'wanted')}
    JOIN ${execution} AS header ON header.id = wanted.saga_id
    CROSS JOIN LATERAL (
      SELECT max(entry.seq) FILTER (WHERE entry.context IS NOT NULL) AS context_seq,
        coalesce(max(pg_column_size(entry.context)), 0) + coalesce(sum(${bytesOf('error')} + ${bytesOfDetail}), 0) AS bytes
      FROM ${log} AS entry WHERE entry.saga_id = wanted.saga_id
    ) AS journal
  )
SELECT sized.saga_id, ${headerColumns('header', isFirstEntry)},
  ${entryColumns('entry', { context: isLastContext, response: 'false', events: 'false' }, detailWithoutPayload)}
FROM sized
JOIN ${execution} AS header ON header.id = sized.saga_id
LEFT JOIN ${log} AS entry ON entry.saga_id = sized.saga_id
WHERE sized.bytes_before < ${maximumBytesRead}
ORDER BY sized.place, entry.seq`,
    },
    values: columns.values,
  };
}

/**
 * The entries of claimed sagas up to the claim, with the last context and the last events alone: later entries are not
 * part of the claim. Parameters: ids, seqs of the claims.
 */
export function readClaimedStatement({ log }: Tables): Statement {
  const isLast = (column: 'context' | 'events'): string =>
    `entry.seq = max(entry.seq) FILTER (WHERE entry.${column} IS NOT NULL) OVER (PARTITION BY entry.saga_id)`;
  return {
    name: 'claimed',
    text: `SELECT entry.saga_id, ${entryColumns('entry', { context: isLast('context'), events: isLast('events') })}
FROM unnest($1::uuid[], $2::integer[]) AS claim (saga_id, seq)
JOIN ${log} AS entry ON entry.saga_id = claim.saga_id AND entry.seq <= claim.seq
ORDER BY entry.saga_id, entry.seq`,
  };
}

const isFirstEntry = 'entry.seq IS NULL OR entry.seq = 1';
const rowsBefore = 'ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING';

/** The stored size of an entry: values are measured without being read. */
function bytesOf(...values: readonly string[]): string {
  const sizes = values.map((column) => `coalesce(pg_column_size(entry.${column}), 0)`);
  return `${bytesOfRow} + ${sizes.join(' + ')}`;
}

/** The approximate size of the small columns of an entry. */
const bytesOfRow = 200;

/** Signals alone have payloads. Their other properties are short, as each of them is checked. */
const detailWithoutPayload = `CASE WHEN entry.kind <> 'signal-received' THEN entry.detail ELSE (
    SELECT json_object_agg(property.key, property.value) FROM json_each(entry.detail) AS property WHERE property.key <> 'payload'
  ) END`;
const bytesOfDetail = `CASE WHEN entry.kind <> 'signal-received' THEN coalesce(pg_column_size(entry.detail), 0) ELSE 0 END`;
