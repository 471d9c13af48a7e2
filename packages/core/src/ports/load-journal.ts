import type { JournalEntry } from '../journal/journal-entry.js';
import type { LoadedSaga, SagaStorage } from './saga-storage.js';

/**
 * A saga with all its entries after `afterSeq`, in reads of a limited size. The journal only grows, so the parts and the
 * header of the last one are as of one moment.
 */
export async function loadJournal(
  storage: Pick<SagaStorage, 'load'>,
  sagaId: string,
  afterSeq = 0,
): Promise<LoadedSaga | undefined> {
  const entries: JournalEntry[] = [];
  for (;;) {
    const part = await storage.load(sagaId, entries.at(-1)?.seq ?? afterSeq);
    if (part?.isCut !== true && entries.length === 0) return part;
    if (part === undefined) return undefined;
    for (const entry of part.entries) entries.push(entry);
    if (part.isCut !== true) return { header: part.header, entries };
  }
}
