import type { EntryDraft } from './journal-entry.js';

/**
 * Whether a stored entry is the one that was to be written, and so a lost answer's. The caller has compared the
 * worker and the place; what is left is which attempt it was.
 */
export function isSameEntry(stored: EntryDraft, draft: EntryDraft): boolean {
  if (stored.kind !== draft.kind) return false;
  if (!('startedAt' in stored) || !('startedAt' in draft)) return true;
  return (
    stored.step === draft.step &&
    stored.attempt === draft.attempt &&
    stored.startedAt.getTime() === draft.startedAt.getTime()
  );
}
