import type { EntryDraft } from '@nest-saga/core';

/**
 * One entry in a few words, for tests that compare whole journals: `act-completed charge`,
 * `act-failed charge #2 -> compensate`, `claimed from running`.
 */
export function describeEntry(entry: EntryDraft): string {
  switch (entry.kind) {
    case 'act-completed':
    case 'compensation-completed':
      return `${entry.kind} ${entry.step}${attemptOf(entry)}`;
    case 'act-failed':
    case 'compensation-failed':
      return `${entry.kind} ${entry.step}${attemptOf(entry)} -> ${entry.next}`;
    case 'claimed':
      return `claimed from ${entry.from}`;
    case 'released':
      return `released for ${entry.reason}`;
    case 'step-resolved':
      return `step-resolved ${entry.step}${entry.outcome === 'not-done' ? ' as not done' : ''}`;
    case 'delivery-failed':
      return `delivery-failed ${entry.emittedSeq} to ${entry.handler}`;
    case 'signal-received':
      return `${entry.decision ?? 'signal-received'} ${entry.name}`;
    case 'parked':
      return `parked at ${(entry.park ?? entry.wait)?.name ?? 'nothing'}`;
    case 'wait-ended':
      return `wait-ended ${entry.step} ${entry.outcome}${entry.next === undefined ? '' : ` -> ${entry.next}`}`;
    case 'branches-abandoned':
      return `branches-abandoned ${entry.steps.join(', ')}`;
    case 'path-decided':
      return `path-decided${entry.path.skipped === undefined ? '' : `, skipping ${entry.path.skipped.join(', ')}`}`;
    case 'stuck':
      return `stuck of ${entry.reason}`;
    default:
      return entry.kind;
  }
}

function attemptOf({ attempt }: { readonly attempt: number }): string {
  return attempt === 1 ? '' : ` #${attempt}`;
}
