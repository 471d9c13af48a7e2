import type { LoadedSaga } from '@nest-saga/core';
import { describe } from './check-ledger.js';
import type { LeaseSpan, Violation } from './crash-evidence.js';
import type { LedgerRow } from './ledger-row.js';

/** Calls of one step of one saga that ran in two processes at the same time, while both had a valid lease. */
export function checkOverlaps(
  saga: LoadedSaga,
  rows: readonly LedgerRow[],
  leases: readonly LeaseSpan[],
): readonly Violation[] {
  const calls = rows
    .map((row) => ({ row, from: row.beganAt, until: endOf(saga, row, leases) }))
    .toSorted((one, other) => one.from - other.from);
  return calls.flatMap((later, index) =>
    calls
      .slice(0, index)
      .filter(
        (earlier) =>
          earlier.row.process !== later.row.process &&
          isSameCall(earlier.row, later.row) &&
          earlier.until > later.from,
      )
      .map((earlier): Violation => ({
        rule: 'overlap',
        sagaId: saga.header.sagaId,
        detail: `${describe(later.row)} began while ${describe(earlier.row)} ran by a valid lease`,
      })),
  );
}

function isSameCall(one: LedgerRow, other: LedgerRow): boolean {
  return one.step === other.step && one.action === other.action;
}

/**
 * When a call stopped belonging to its saga: it ended, it was recorded or released as abandoned, or its lease expired.
 */
function endOf({ entries }: LoadedSaga, row: LedgerRow, leases: readonly LeaseSpan[]): number {
  const lease = leases.findLast(({ worker, process, validFrom }) =>
    row.worker === undefined || worker === undefined
      ? process === row.process && validFrom <= row.beganAt
      : worker === row.worker,
  );
  const closing = entries.find(
    (entry) =>
      entry.recordedAt.getTime() > row.beganAt &&
      (entry.kind === 'released' ||
        ('attempt' in entry && entry.step === row.step && entry.attempt === row.attempt)),
  );
  return Math.min(
    row.endedAt ?? Number.POSITIVE_INFINITY,
    closing?.recordedAt.getTime() ?? Number.POSITIVE_INFINITY,
    // A lease without a record may last forever.
    lease?.validUntil ?? Number.POSITIVE_INFINITY,
  );
}
