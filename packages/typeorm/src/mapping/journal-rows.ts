import type { JournalEntry, JournalNews } from '@nest-saga/core';
import { required } from '../database/statement.js';
import type { Row } from '../database/statement.js';
import type { ReadJournals } from '../statements/read-journals.js';
import { toJournalEntry } from './journal-entry-row.js';
import { toSagaHeader } from './saga-header-row.js';

/**
 * The rows come in the order of the sagas, each with its header in its first row. The news of a journal end before an
 * entry that cannot be read, without affecting the news of the others.
 *
 * @throws TypeError if a whole journal cannot be read.
 */
export function toJournals(rows: readonly Row[], which: ReadJournals): readonly JournalNews[] {
  const journals: (JournalNews & { readonly entries: JournalEntry[] })[] = [];
  let unreadable: string | undefined;
  for (const row of rows) {
    const sagaId = required(row, 'saga_id');
    let journal = journals.at(-1);
    if (journal?.sagaId !== sagaId) {
      journal = { sagaId, header: row['id'] === null ? undefined : toSagaHeader(row), entries: [] };
      journals.push(journal);
    }
    if (row['seq'] === null || unreadable === sagaId) continue;
    try {
      journal.entries.push(toJournalEntry(row));
    } catch (error) {
      if (which === 'all') throw error;
      unreadable = sagaId;
    }
  }
  return journals;
}
