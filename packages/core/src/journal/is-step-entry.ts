import type { EntryDraft } from './journal-entry.js';

/** Whether an entry is that of a step's attempt: a stream of results shows these. */
export function isStepEntry<Entry extends EntryDraft>(
  entry: Entry,
): entry is Extract<Entry, { readonly step: string; readonly attempt: number }> {
  return (
    entry.kind === 'act-completed' ||
    entry.kind === 'act-failed' ||
    entry.kind === 'compensation-completed' ||
    entry.kind === 'compensation-failed'
  );
}
