import type { StepEntryDraft } from '../journal/journal-entry.js';

/**
 * The entry of an attempt, with a park if the wait for the next attempt is longer than `parkAboveMs`. A saga that waits
 * in memory keeps its slot, but parking costs the commit of another claim, which a short wait is not worth. One that is
 * overdue is always parked, so that the storage can count it. Pure.
 *
 * @param parkAboveMs Undefined: no saga is parked.
 */
export function decidePark(draft: StepEntryDraft, parkAboveMs: number | undefined): StepEntryDraft {
  if (parkAboveMs === undefined || !('next' in draft) || draft.retryAt === undefined) return draft;
  const dueInMs = draft.retryAt.getTime() - draft.finishedAt.getTime();
  const isOverdue = draft.kind === 'act-failed' && draft.overdue === true;
  if (dueInMs <= parkAboveMs && !isOverdue) return draft;
  return { ...draft, park: { for: isOverdue ? 'overdue' : 'retry', name: draft.step, dueInMs } };
}
