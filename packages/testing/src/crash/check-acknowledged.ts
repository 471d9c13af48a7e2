import { isStepEntry } from '@nest-saga/core';
import type { JournalEntry, LoadedSaga } from '@nest-saga/core';
import { describe } from './check-ledger.js';
import type { EmittedEvent, Violation } from './crash-evidence.js';
import type { LedgerRow } from './ledger-row.js';

/** Calls that began and entries that were written before the events of the entry before them were handled. */
export function checkAcknowledged(
  { header: { sagaId }, entries }: LoadedSaga,
  emitted: readonly EmittedEvent[],
  rows: readonly LedgerRow[],
): readonly Violation[] {
  return entries.flatMap((entry, index): readonly Violation[] => {
    if (!('events' in entry) || entry.events === undefined) return [];
    const recordedAt = entry.recordedAt.getTime();
    const times = emitted
      .filter((event) => event.sagaId === sagaId && event.seq === entry.seq)
      .flatMap(({ handledAt }) => handledAt ?? []);
    const handledAt = Math.min(...times);
    // The loss of an event is another rule.
    if (times.length === 0) return [];
    const next = entries.slice(index + 1).find(isOfOwner);
    const row = rows.find(({ beganAt }) => beganAt > recordedAt && beganAt < handledAt);
    const wentOn = [
      ...(next !== undefined && next.recordedAt.getTime() < handledAt
        ? [`"${next.kind}" at ${next.seq}`]
        : []),
      ...(row === undefined ? [] : [describe(row)]),
    ];
    return wentOn.map((what): Violation => {
      const detail = `${what} came before an event of ${entry.seq} was handled`;
      return { rule: 'went-on-unacknowledged', sagaId, detail };
    });
  });
}

/** Whether an owner writes this entry only after it has delivered the events of the entry before it. */
function isOfOwner(entry: JournalEntry): boolean {
  return (
    isStepEntry(entry) || ['parked', 'wait-ended', 'settled', 'compensation-decided'].includes(entry.kind)
  );
}
