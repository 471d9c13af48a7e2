import type { EntryDraft } from '@nest-saga/core';

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

/** The columns of an entry. Total: every kind has them, and `toEntryDraft` is the inverse. */
export function toEntryColumns(draft: EntryDraft): EntryColumns {
  switch (draft.kind) {
    case 'act-completed':
      return {
        ...attemptOf(draft),
        context: draft.context,
        response: draft.response ?? null,
        events: draft.events ?? null,
      };
    case 'act-failed': {
      const { outcome, next, undo, retryAt } = draft;
      return {
        ...attemptOf(draft),
        error: JSON.stringify(draft.error),
        response: draft.response ?? null,
        detail: JSON.stringify({ outcome, next, undo, retryAt }),
      };
    }
    case 'compensation-completed':
      return { ...attemptOf(draft), context: draft.context, events: draft.events ?? null };
    case 'compensation-failed': {
      const { outcome, next, retryAt } = draft;
      return {
        ...attemptOf(draft),
        error: JSON.stringify(draft.error),
        detail: JSON.stringify({ outcome, next, retryAt }),
      };
    }
    case 'claimed':
      return withDetail(draft.kind, { from: draft.from });
    case 'released':
      return withDetail(draft.kind, { reason: draft.reason });
    case 'cancel-requested':
      return withDetail(draft.kind, { reason: draft.reason, actor: draft.actor });
    case 'retry-requested':
      return withDetail(draft.kind, { actor: draft.actor, note: draft.note });
    case 'step-resolved':
      return { ...withDetail(draft.kind, { actor: draft.actor, note: draft.note }), step: draft.step };
    case 'stuck':
      return {
        ...withDetail(draft.kind, { reason: draft.reason, message: draft.message }),
        step: draft.step ?? null,
      };
    case 'compensation-decided':
    case 'settled':
      return { ...empty, kind: draft.kind };
  }
}

const empty = {
  step: null,
  attempt: null,
  context: null,
  response: null,
  error: null,
  events: null,
  detail: null,
  startedAt: null,
  finishedAt: null,
} as const;

type AttemptDraft = Extract<EntryDraft, { readonly attempt: number }>;

function attemptOf({ kind, step, attempt, startedAt, finishedAt }: AttemptDraft): EntryColumns {
  return {
    ...empty,
    kind,
    step,
    attempt,
    startedAt,
    finishedAt,
  };
}

function withDetail(kind: EntryDraft['kind'], detail: object): EntryColumns {
  return { ...empty, kind, detail: JSON.stringify(detail) };
}
