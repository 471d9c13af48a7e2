import type { JournalEntry, StepResolution } from '@nest-saga/nestjs';

type EntryOf<Kind extends JournalEntry['kind']> = Extract<JournalEntry, { readonly kind: Kind }>;

/** One entry of an order's journal for the page: without contexts, responses and events. */
export interface HistoryView {
  readonly seq: number;
  readonly kind: JournalEntry['kind'];
  readonly at: Date;
  readonly step?: string;
  readonly attempt?: number;
  readonly error?: { readonly name: string; readonly code?: string; readonly message: string };
  /** The attempt failed, and there will be another one. */
  readonly willRetry?: boolean;
  readonly reason?: string;
  /** The statement of an operator about the step. */
  readonly resolution?: StepResolution;
  /** How a wait ended. */
  readonly outcome?: EntryOf<'wait-ended'>['outcome'];
  /** A claim at the end of a wait: no process has died. */
  readonly isParked?: boolean;
  /** The decision of a person, and its note. */
  readonly decision?: 'approved' | 'rejected';
  readonly actor?: string;
  readonly note?: string;
  /** The steps that may have had an effect when the decision to compensate was recorded. */
  readonly begun?: readonly string[];
}

/** The view of an entry. Fields are copied one by one, so that a new field is not exposed by accident. */
export function toHistoryView(entry: JournalEntry): HistoryView {
  return {
    seq: entry.seq,
    kind: entry.kind,
    at: entry.recordedAt,
    ...('step' in entry ? { step: entry.step } : {}),
    ...('attempt' in entry ? { attempt: entry.attempt } : {}),
    ...('error' in entry ? { error: toErrorView(entry.error) } : {}),
    ...('next' in entry ? { willRetry: entry.next === 'retry' } : {}),
    ...('reason' in entry ? { reason: entry.reason } : {}),
    ...(entry.kind === 'step-resolved' ? { resolution: entry.outcome } : {}),
    ...(entry.kind === 'wait-ended' ? { outcome: entry.outcome } : {}),
    ...(entry.kind === 'claimed' ? { isParked: entry.parked === true } : {}),
    ...(entry.kind === 'signal-received' ? toSignalView(entry) : {}),
    ...(entry.kind === 'compensation-decided' ? { begun: entry.undo.map(({ step }) => step) } : {}),
  };
}

function toSignalView({ decision, actor, note }: EntryOf<'signal-received'>): Partial<HistoryView> {
  return {
    ...(decision === undefined ? {} : { decision }),
    ...(actor === undefined ? {} : { actor }),
    ...(note === undefined ? {} : { note }),
  };
}

function toErrorView({
  name,
  code,
  message,
}: {
  name: string;
  code?: string;
  message: string;
}): NonNullable<HistoryView['error']> {
  return { name, ...(code === undefined ? {} : { code }), message };
}
