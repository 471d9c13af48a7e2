import type { EntryDraft } from './journal-entry.js';

/**
 * Whether a stored entry is the one to be written, whose answer was lost. The caller has compared the worker and the
 * `seq`; this compares the attempt.
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
