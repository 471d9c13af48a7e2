import type { LoadedSaga } from '@nest-saga/core';
import { describe } from './check-ledger.js';
import type { Violation, ViolationRule } from './crash-evidence.js';
import type { LedgerRow } from './ledger-row.js';

/** Acts that began although the deadline of their saga had passed, and a deadline that was recorded too early. */
export function checkDeadline(
  { header: { sagaId, deadlineAt }, entries }: LoadedSaga,
  rows: readonly LedgerRow[],
): readonly Violation[] {
  if (deadlineAt === undefined) return [];
  const report = (rule: ViolationRule, detail: string): Violation => ({ rule, sagaId, detail });
  const passed = entries.find(({ kind }) => kind === 'deadline-passed');
  const [first] = entries.filter(({ kind }) => kind === 'claimed');
  const isPendingTooLong =
    first?.kind === 'claimed' && first.from === 'pending' && first.recordedAt >= deadlineAt;
  // An act that is never undone is called again while its effect is in doubt, and after the pivot in any case.
  // An undo may run: the journal of an owner that died before it recorded the deadline does not show that nothing began.
  const late = rows.find(
    ({ action, beganAt, isForward }) =>
      action === 'act' &&
      isForward !== true &&
      (isPendingTooLong || (passed !== undefined && beganAt > passed.recordedAt.getTime())),
  );
  return [
    ...(passed === undefined || passed.recordedAt >= deadlineAt
      ? []
      : [report('deadline-too-early', `passed at ${passed.seq}, before the time had come`)]),
    ...(late === undefined
      ? []
      : [report('ran-past-deadline', `${describe(late)} began after the deadline`)]),
  ];
}
