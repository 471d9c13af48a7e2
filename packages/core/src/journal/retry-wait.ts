import type { ActFailed, CompensationFailed, EntryStamp } from './journal-entry.js';

/**
 * When the wait for the next attempt ends by the storage's clock, in milliseconds since the epoch: the delay that the
 * attempt's worker decided, after the entry was recorded. Undefined if there is no such wait, or its entry has no time
 * yet.
 */
export function retryEndsAt(
  entry: (ActFailed | CompensationFailed) & Partial<EntryStamp>,
): number | undefined {
  const { retryAt, finishedAt, recordedAt } = entry;
  if (retryAt === undefined || recordedAt === undefined) return undefined;
  return recordedAt.getTime() + retryAt.getTime() - finishedAt.getTime();
}
