import type { CompensateOn, LoadedSaga, StepOutcome } from '@nest-saga/core';
import type { Violation } from './crash-evidence.js';
import { replayAll } from './journal-replay.js';
import type { LedgerRow } from './ledger-row.js';

/** The acts that are undone, according to docs/compensation.md: a second reading, independent of the engine's table. */
const undone: Readonly<Record<CompensateOn, readonly (StepOutcome | undefined)[]>> = {
  completed: ['completed'],
  // An act without an entry died with its process: nothing is known of it.
  'in-doubt': ['completed', 'unknown', undefined],
  attempted: ['completed', 'unknown', undefined, 'failed'],
};

/**
 * The effects that are left in a saga that FAILED, although their steps do not allow it. Effects of one key are one
 * effect, which is the promise of targets that honour the idempotency key.
 */
export function checkStandingEffects(
  { header, entries }: LoadedSaga,
  rows: readonly LedgerRow[],
): readonly Violation[] {
  if (header.status !== 'failed') return [];
  const { outcomes } = replayAll(entries);
  const settled = new Set([
    ...rows.flatMap((row) => (row.action === 'compensate' && row.isEffective ? [row.step] : [])),
    // An operator has resolved these.
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
