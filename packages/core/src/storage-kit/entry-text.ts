import type { EntryDraft } from '../journal/journal-entry.js';
import { fromEntryColumns, toEntryColumns } from './entry-codec.js';
import type { EntryColumns } from './entry-codec.js';

/** An entry of any kind as one JSON text, for a message to a saga; `fromEntryText` is the inverse. */
export function toEntryText(draft: EntryDraft): string {
  const columns = Object.entries(toEntryColumns(draft)).filter(([, value]) => value !== null);
  return JSON.stringify(Object.fromEntries(columns));
}

/**
 * The entry of a text.
 *
 * @throws TypeError for an entry that this version does not know, as `fromEntryColumns` does. SyntaxError.
 */
export function fromEntryText(text: string): EntryDraft {
  const stored = JSON.parse(text) as Readonly<Record<string, string | undefined>>;
  return fromEntryColumns({
    ...noColumns,
    ...stored,
    startedAt: dateOf(stored['startedAt']),
    finishedAt: dateOf(stored['finishedAt']),
  });
}

const noColumns: EntryColumns = {
  kind: '',
  status: null,
  step: null,
  attempt: null,
  context: null,
  response: null,
  error: null,
  events: null,
  detail: null,
  startedAt: null,
  finishedAt: null,
};

function dateOf(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}
