import type { JournalEntry, LoadedSaga } from '@nest-saga/core';
import { describe } from './check-ledger.js';
import type { Violation, ViolationRule } from './crash-evidence.js';
import { JournalReplay, replayOnward } from './journal-replay.js';
import type { LedgerRow } from './ledger-row.js';

/**
 * The violations of the point of no return in one saga: an undo after it or while it is in doubt, and a signal that
 * interrupts an act that is never undone.
 */
export function checkKinds(
  { header: { sagaId }, entries }: LoadedSaga,
  rows: readonly LedgerRow[],
): readonly Violation[] {
  const report = (rule: ViolationRule, detail: string): Violation => ({ rule, sagaId, detail });
  return [
    ...undoneLate(entries, rows).map((detail) => report('undone-past-pivot', detail)),
    ...undoneInDoubt(entries, rows).map((detail) => report('undone-in-doubt', detail)),
    ...rows
      .filter(({ isForward, abortedBy }) => isForward === true && isRequest(abortedBy))
      .map((row) => report('forward-signalled', `the signal of ${describe(row)} fired: ${row.abortedBy}`)),
  ];
}

function isRequest(reason: string | undefined): boolean {
  return reason === 'cancelled' || reason === 'deadline';
}

function undoneLate(entries: readonly JournalEntry[], rows: readonly LedgerRow[]): readonly string[] {
  const replayTo = replayOnward(entries);
  const late = rows
    .filter(({ action }) => action === 'compensate')
    .toSorted((one, other) => one.beganAt - other.beganAt)
    .find(({ beganAt }) => replayTo(beganAt).isPastPivot);
  return late === undefined ? [] : [`${describe(late)} began after the pivot was durable`];
}

/** The saga started to compensate although the act that came next may have had its effect and is never undone. */
function undoneInDoubt(entries: readonly JournalEntry[], rows: readonly LedgerRow[]): readonly string[] {
  const forward = new Set(rows.flatMap(({ step, isForward }) => (isForward === true ? [step] : [])));
  if (forward.size === 0) return [];
  const replay = new JournalReplay();
  for (const entry of entries) {
    const before = replay.direction;
    replay.apply(entry);
    if (before === 'backward' || replay.direction === 'forward' || entry.kind === 'step-resolved') continue;
    const step = [...forward].find((one) => replay.outcomes.get(one) === 'unknown');
    return step === undefined
      ? []
      : [`it started to compensate at ${entry.seq}, and the effect of "${step}" is unknown`];
  }
  return [];
}
