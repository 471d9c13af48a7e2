import type { JournalEntry } from '@nest-saga/core';
import type { EntryView } from './page-views.js';

/** One entry of the journal without its values: what happened in one sentence. */
export function toEntryView(entry: JournalEntry): EntryView {
  const { seq, kind, recordedAt, worker } = entry;
  const actor = 'actor' in entry ? entry.actor : undefined;
  const by = actor ?? worker;
  return {
    seq,
    kind,
    at: recordedAt.toISOString(),
    isByPerson: actor !== undefined,
    text: describeEntry(entry),
    values: valuesOf(entry),
    ...(by === undefined ? {} : { by }),
    ...('step' in entry && entry.step !== undefined ? { step: entry.step } : {}),
    ...('attempt' in entry ? { attempt: entry.attempt } : {}),
    ...('finishedAt' in entry
      ? { tookMs: Math.max(0, entry.finishedAt.getTime() - entry.startedAt.getTime()) }
      : {}),
  };
}

/** The values that entries of this kind may have. An outline does not say whether they do. */
function valuesOf({ kind }: JournalEntry): readonly string[] {
  switch (kind) {
    case 'act-completed':
      return ['response', 'context', 'events'];
    case 'act-failed':
      return ['response'];
    case 'compensation-completed':
      return ['context', 'events'];
    case 'wait-ended':
      return ['context'];
    case 'signal-received':
      return ['payload'];
    default:
      return [];
  }
}

function describeEntry(entry: JournalEntry): string {
  switch (entry.kind) {
    case 'act-completed':
      return `${entry.step} completed${attempt(entry.attempt)}`;
    case 'act-failed':
      return `${entry.step} ${entry.outcome === 'unknown' ? 'is in doubt' : 'failed'}${attempt(entry.attempt)}: ${describe(entry.error)}. ${afterFailure[entry.next] ?? entry.next}`;
    case 'compensation-completed':
      return `${entry.step} undone${attempt(entry.attempt)}`;
    case 'compensation-failed':
      return `The undo of ${entry.step} failed${attempt(entry.attempt)}: ${describe(entry.error)}. ${afterFailedUndo[entry.next] ?? entry.next}`;
    case 'claimed':
      return entry.parked === true
        ? 'A worker claimed it after its wait'
        : `A worker claimed it (${entry.from})`;
    case 'released':
      return `Its worker released it (${entry.reason})`;
    case 'cancel-requested':
      return `A cancel was requested: ${entry.reason}`;
    case 'deadline-passed':
      return 'Its deadline passed';
    case 'compensation-decided':
      return entry.undo.length === 0
        ? 'The undo begins'
        : `The undo begins, with ${entry.undo.map(({ step }) => step).join(', ')} in doubt`;
    case 'retry-requested':
      return `A retry was requested${note(entry.note)}`;
    case 'step-resolved':
      return `${entry.step} was resolved as ${entry.outcome === 'done' ? 'done' : 'not done'}: ${entry.note}`;
    case 'stuck':
      return `It is stuck (${entry.reason}): ${entry.message}`;
    case 'signal-received':
      return `${entry.decision === undefined ? `The signal ${entry.name} came` : `${entry.name} was ${entry.decision}`}${note(entry.note)}`;
    case 'parked':
      return 'It waits without a worker';
    case 'wait-ended':
      return `${entry.step} ${afterWait[entry.outcome] ?? entry.outcome}${entry.error === undefined ? '' : `: ${describe(entry.error)}`}`;
    case 'settled':
      return 'It ended';
    case 'delivery-failed':
      return `The handler ${entry.handler} gave up event ${entry.index + 1} of entry ${entry.emittedSeq}: ${describe(entry.error)}`;
    default:
      // A newer core has more kinds: their names say what they are.
      return (entry as JournalEntry).kind;
  }
}

const afterFailure: Readonly<Record<string, string>> = {
  retry: 'It is tried again',
  alternative: 'The alternative follows',
  'undo-first': 'It is undone, then the alternative follows',
  compensate: 'The undo follows',
  halt: 'The saga stops here',
};
const afterFailedUndo: Readonly<Record<string, string>> = {
  retry: 'It is tried again',
  halt: 'The saga stops here',
  continue: 'Earlier steps are undone first',
};
const afterWait: Readonly<Record<string, string>> = {
  elapsed: 'is over',
  signal: 'has what it waited for',
  'timed-out': 'timed out',
  failed: 'failed',
};

function attempt(number: number): string {
  return number === 1 ? '' : ` at attempt ${number}`;
}

function note(text: string | undefined): string {
  return text === undefined ? '' : `: ${text}`;
}

function describe({ name, message }: { readonly name: string; readonly message: string }): string {
  return `${name}: ${message}`;
}
