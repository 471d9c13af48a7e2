import type { JournalCursor } from '@nest-saga/core';
import type { Statement } from '../database/statement.js';
import type { Tables } from '../database/tables.js';
import { entryColumns } from '../mapping/journal-entry-row.js';
import { headerColumns } from '../mapping/saga-header-row.js';
import type { BoundStatement } from './checkpoint.js';
import { columnsOf } from './columns.js';
import { openStatuses } from './status-lists.js';

/** Which sagas a read of journals answers for. */
export type ReadJournals =
  /** Those with something new, those that are not open any more, and those that are not there. */
  | 'news'
  /** All of them. */
  | 'all';

/**
 * Headers with the entries behind their cursors, many sagas in one statement and so in one consistent view. A saga
 * that is not there is a row without header. A header's large columns come in its first row only: the entries have no
 * gaps, so that one is known.
 */
export function readJournalsStatement(
  { execution, log }: Tables,
  cursors: readonly JournalCursor[],
  which: ReadJournals,
): BoundStatement {
  const columns = columnsOf(cursors, {
    saga_id: ['uuid', ({ sagaId }) => sagaId],
    after_seq: ['integer', ({ afterSeq }) => afterSeq],
  });
  const isFirst = 'entry.seq IS NULL OR entry.seq = journal.after_seq + 1';
  const isNews = `header.id IS NULL OR entry.seq IS NOT NULL OR header.status NOT IN (${openStatuses})`;
  return {
    statement: {
      name: `read_${which}`,
      text: `SELECT journal.saga_id, ${headerColumns('header', isFirst)}, ${entryColumns('entry')}
FROM ${columns.unnest(1, 'journal')}
LEFT JOIN ${execution} AS header ON header.id = journal.saga_id
LEFT JOIN ${log} AS entry ON entry.saga_id = journal.saga_id AND entry.seq > journal.after_seq
${which === 'news' ? `WHERE ${isNews}` : ''}
ORDER BY journal.saga_id, entry.seq`,
    },
    values: columns.values,
  };
}

/**
 * The entries of claimed sagas up to the claim: what somebody may have written since is not part of what was claimed.
 * Parameters: ids, seqs of the claims.
 */
export function readClaimedStatement({ log }: Tables): Statement {
  return {
    name: 'claimed',
    text: `SELECT entry.saga_id, ${entryColumns('entry')}
FROM unnest($1::uuid[], $2::integer[]) AS claim (saga_id, seq)
JOIN ${log} AS entry ON entry.saga_id = claim.saga_id AND entry.seq <= claim.seq
ORDER BY entry.saga_id, entry.seq`,
  };
}
