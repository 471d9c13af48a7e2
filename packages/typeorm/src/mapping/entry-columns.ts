import type { EntryDraft } from '@nest-saga/core';
import type { BegunStep } from '@nest-saga/core/storage-kit';
import { toStoredOutcome } from './stored-outcome.js';

/** An entry as the columns of `saga_log` hold it, beside its place. JSON is text. */
export interface EntryColumns {
  readonly kind: EntryDraft['kind'];
  readonly step: string | null;
  readonly attempt: number | null;
  readonly context: string | null;
  readonly response: string | null;
  readonly error: string | null;
  readonly events: string | null;
  /** What only some kinds have: decisions, reasons, names of people. A JSON object. */
  readonly detail: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** The columns of an entry. Total: every kind has them, and `toJournalEntry` is the inverse. */
export function toEntryColumns(draft: EntryDraft): EntryColumns {
  switch (draft.kind) {
    case 'act-completed':
    case 'compensation-completed':
      return columns(draft.kind, draft);
    case 'act-failed': {
      const { outcome, next, undo, retryAt, park } = draft;
      return columns(draft.kind, draft, { outcome: toStoredOutcome(outcome), next, undo, retryAt, park });
    }
    case 'compensation-failed': {
      const { outcome, next, retryAt, park } = draft;
      return columns(draft.kind, draft, { outcome, next, retryAt, park });
    }
    case 'claimed':
      return columns(draft.kind, {}, { from: draft.from, parked: draft.parked });
    case 'released':
      return columns(draft.kind, {}, { reason: draft.reason, begun: draft.begun });
    case 'cancel-requested':
      return columns(draft.kind, {}, { reason: draft.reason, actor: draft.actor });
    case 'retry-requested':
      return columns(draft.kind, {}, { actor: draft.actor, note: draft.note });
    case 'step-resolved':
      return columns(draft.kind, draft, { actor: draft.actor, note: draft.note, outcome: draft.outcome });
    case 'stuck':
      return columns(draft.kind, draft, { reason: draft.reason, message: draft.message });
    case 'compensation-decided':
      return decisionColumns(draft.undo);
    case 'settled':
      return columns(draft.kind, {});
  }
}

// A list of one the way releases before it wrote it, too: in a rolling deploy they read it.
function decisionColumns(undo: readonly BegunStep[]): EntryColumns {
  const stored = undo.map(({ step, outcome }) => ({ step, outcome: toStoredOutcome(outcome) }));
  const [first] = stored;
  if (first === undefined) return columns('compensation-decided', {}, {});
  return columns('compensation-decided', first, { outcome: first.outcome, undo: stored });
}

/** What an entry may have that has a column of its own. */
interface DraftProperties {
  readonly step?: string;
  readonly attempt?: number;
  readonly context?: string;
  readonly response?: string;
  readonly error?: object;
  readonly events?: string;
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
}

// One literal: this runs for every entry, and objects put together by spreading took a tenth of a busy process's time.
function columns(kind: EntryDraft['kind'], draft: DraftProperties, detail?: object): EntryColumns {
  return {
    kind,
    step: draft.step ?? null,
    attempt: draft.attempt ?? null,
    context: draft.context ?? null,
    response: draft.response ?? null,
    error: draft.error === undefined ? null : JSON.stringify(draft.error),
    events: draft.events ?? null,
    detail: detail === undefined ? null : JSON.stringify(detail),
    startedAt: draft.startedAt ?? null,
    finishedAt: draft.finishedAt ?? null,
  };
}
