import type { CompensateOn, LoadedSaga, StepOutcome } from '@nest-saga/core';
import type { Violation } from './crash-evidence.js';
import { replayAll } from './journal-replay.js';
import type { LedgerRow } from './ledger-row.js';

/** What is undone, as docs/compensation.md says it: read a second time, the engine's own table is not asked. */
const undone: Readonly<Record<CompensateOn, readonly (StepOutcome | undefined)[]>> = {
  completed: ['completed'],
  // An act that no entry tells of died with its process: nothing is known of it.
  'in-doubt': ['completed', 'unknown', undefined],
  attempted: ['completed', 'unknown', undefined, 'failed'],
};

/**
 * No effect of an act is left in a saga that FAILED, unless its step says that it may. Effects of one key are one: this is
 * the promise of targets that honour the idempotency key.
 */
export function checkStandingEffects(
  { header, entries }: LoadedSaga,
  rows: readonly LedgerRow[],
): readonly Violation[] {
  if (header.status !== 'failed') return [];
  const { outcomes } = replayAll(entries);
  const settled = new Set([
    ...rows.flatMap((row) => (row.action === 'compensate' && row.isEffective ? [row.step] : [])),
    // A person answers for these.
    ...entries.flatMap((entry) => (entry.kind === 'step-resolved' ? [entry.step] : [])),
  ]);
  const standing = new Map<string, LedgerRow>();
  for (const row of rows) {
    const { action, step, isEffective, compensateOn = 'in-doubt' } = row;
    const isLeft = action === 'act' && isEffective && !settled.has(step);
    if (isLeft && undone[compensateOn].includes(outcomes.get(step))) standing.set(step, row);
  }
  return [...standing.keys()].map((step): Violation => ({
    rule: 'effect-left-standing',
    sagaId: header.sagaId,
    detail: `failed, and the effect of "${step}" is there: known of its act is ${outcomes.get(step) ?? 'nothing'}`,
  }));
}
