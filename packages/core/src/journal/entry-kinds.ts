import type { EntryDraft } from './journal-entry.js';

const attempt = ['step', 'attempt', 'startedAt', 'finishedAt'] as const;

/** Every kind of entry, with the properties that each entry of the kind has in every journal. */
export const entryKinds: { readonly [Kind in EntryDraft['kind']]: readonly PropertyOf<Kind>[] } = {
  'act-completed': attempt,
  'act-failed': [...attempt, 'error', 'outcome', 'next'],
  'compensation-completed': attempt,
  'compensation-failed': [...attempt, 'error', 'outcome', 'next'],
  claimed: ['from'],
  released: ['reason'],
  'cancel-requested': ['reason'],
  'deadline-passed': [],
  'compensation-decided': ['undo'],
  'retry-requested': ['actor'],
  'step-resolved': ['step', 'actor', 'note', 'outcome'],
  stuck: ['reason', 'message'],
  'delivery-failed': ['emittedSeq', 'index', 'handler', 'error'],
  'signal-received': ['name'],
  parked: [],
  'wait-ended': ['step', 'outcome'],
  settled: [],
};

type PropertyOf<Kind extends EntryDraft['kind']> = keyof Extract<EntryDraft, { readonly kind: Kind }>;
