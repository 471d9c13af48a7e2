import type { JournalEntry, LoadedSaga } from '@nest-saga/core';
import { describe } from './check-ledger.js';
import type { LeaseSpan, Violation, ViolationRule } from './crash-evidence.js';
import { replayOnward } from './journal-replay.js';
import type { JournalReplay } from './journal-replay.js';
import type { LedgerRow } from './ledger-row.js';

/**
 * Calls that began for a worker that did not own the saga, or whose lease had expired: the behaviour of a process that
 * counts as dead but is not. Calls without a known worker are not judged.
 */
export function checkOwners(
  { header: { sagaId }, entries }: LoadedSaga,
  rows: readonly LedgerRow[],
  leases: readonly LeaseSpan[],
): readonly Violation[] {
  const byWorker = new Map(leases.map((lease) => [lease.worker, lease]));
  const replayTo = replayOnward(entries);
  const inOrder = rows.toSorted((one, other) => one.beganAt - other.beganAt);
  return inOrder.flatMap((row): readonly Violation[] => {
    if (row.worker === undefined) return [];
    const violations: Violation[] = [];
    const report = (rule: ViolationRule, detail: string): void => {
      violations.push({ rule, sagaId, detail: `${describe(row)} began for ${row.worker}, ${detail}` });
    };
    const owner = ownerBy(replayTo(row.beganAt), entries);
    if (owner !== anybody && owner !== row.worker)
      report('not-owner', owner === undefined ? 'when it had no owner' : `when it was ${owner}’s`);
    const lease = byWorker.get(row.worker);
    if (lease === undefined || lease.process !== row.process)
      report('without-lease', 'which never had a lease there');
    else if (row.beganAt < lease.validFrom || row.beganAt > lease.validUntil)
      report('without-lease', `whose lease was from ${lease.validFrom} to ${lease.validUntil}`);
    return violations;
  });
}

/** The owner, if the records do not show it. */
const anybody = Symbol('anybody');

/** The owner of a saga when this part of its journal was durable: undefined if it had none. */
function ownerBy(
  { owner, isReleased }: JournalReplay,
  entries: readonly JournalEntry[],
): string | undefined | typeof anybody {
  if (owner !== undefined || isReleased) return owner;
  // Before the first entry of a worker: a queued saga has no owner, and a started one belongs to the writer of its
  // first entry, unless another worker claimed it before.
  const first = entries.find(({ worker }) => worker !== undefined);
  if (first?.kind === 'claimed') return first.from === 'pending' ? undefined : anybody;
  return first === undefined ? anybody : first.worker;
}
