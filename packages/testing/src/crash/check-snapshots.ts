import { isTerminal } from '@nest-saga/core';
import type { LoadedSaga } from '@nest-saga/core';
import { statusProblem } from './check-journal.js';
import type { Violation, ViolationRule } from './crash-evidence.js';
import { replayAll } from './journal-replay.js';

/**
 * Compares a saga that was read during the run with the stored one at the end: a journal only grows, and an end is
 * final.
 */
export function checkSnapshot(final: LoadedSaga, seen: LoadedSaga): readonly Violation[] {
  const violations: Violation[] = [];
  const report = (rule: ViolationRule, detail: string): void => {
    violations.push({ rule, sagaId: final.header.sagaId, detail });
  };
  const changed = seen.entries.find((entry, index) => !isSame(entry, final.entries[index]));
  if (changed !== undefined)
    report('journal-changed', `entry ${changed.seq} was read and is another one now`);
  const { status } = seen.header;
  if (isTerminal(status) && hasChanged(seen, final))
    report('terminal-changed', `it was read ${status} and changed later`);
  const problem = statusProblem(status, replayAll(seen.entries));
  if (problem !== undefined) report('status-not-of-journal', `it was read ${problem}`);
  return violations;
}

function hasChanged(seen: LoadedSaga, final: LoadedSaga): boolean {
  return seen.entries.length !== final.entries.length || !isSame(seen.header, final.header);
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
