import type { StepEntryDraft } from '../journal/journal-entry.js';

/**
 * The entry of an attempt, with a park if the wait for the next attempt is longer than this: a saga that waits in
 * memory keeps a slot, and a shorter wait is over before another claim would be worth its commit. Pure.
 *
 * @param parkAboveMs Undefined: it never parks.
 */
export function decidePark(draft: StepEntryDraft, parkAboveMs: number | undefined): StepEntryDraft {
  if (parkAboveMs === undefined || !('next' in draft) || draft.retryAt === undefined) return draft;
  const dueInMs = draft.retryAt.getTime() - draft.finishedAt.getTime();
  return dueInMs > parkAboveMs ? { ...draft, park: { for: 'retry', name: draft.step, dueInMs } } : draft;
}
