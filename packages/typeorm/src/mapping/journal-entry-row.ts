import type { EntryDraft, JournalEntry, Park, RecordedError, StepResolution } from '@nest-saga/core';
import type { BegunStep } from '@nest-saga/core/storage-kit';
import { required } from '../database/statement.js';
import type { Row } from '../database/statement.js';
import { toOutcome } from './stored-outcome.js';
import type { StoredOutcome } from './stored-outcome.js';
import { timeColumn, toDate } from './time-column.js';

/** What a statement selects of `saga_log`, for `toJournalEntry`. */
export function entryColumns(alias: string): string {
  return `${alias}.seq, ${alias}.kind, ${alias}.step, ${alias}.attempt, ${alias}.worker, ${alias}.context AS entry_context,
    ${alias}.response, ${alias}.error, ${alias}.events, ${alias}.detail,
    ${timeColumn(`${alias}.started_at`)} AS started_at, ${timeColumn(`${alias}.finished_at`)} AS finished_at,
    ${timeColumn(`${alias}.recorded_at`)} AS recorded_at`;
}

/**
 * The entry that a row of `saga_log` holds.
 *
 * @throws TypeError where the row holds none that this version knows.
 */
export function toJournalEntry(row: Row): JournalEntry {
  return {
    ...toEntryDraft(row),
    seq: Number(required(row, 'seq')),
    worker: row['worker'] ?? undefined,
    recordedAt: toDate(required(row, 'recorded_at')),
  };
}

function toEntryDraft(row: Row): EntryDraft {
  const kind = required(row, 'kind') as EntryDraft['kind'];
  switch (kind) {
    case 'act-completed':
      return {
        kind,
        ...toAttempt(row),
        context: required(row, 'entry_context'),
        ...optional('response', row['response']),
        ...optional('events', row['events']),
      };
    case 'act-failed': {
      const { outcome, next, undo, retryAt, park } = toDetail<typeof kind>(row);
      return {
        kind,
        ...toAttempt(row),
        error: toError(row),
        outcome: toOutcome(outcome as StoredOutcome),
        ...optional('response', row['response']),
        next,
        ...toRetryAt(retryAt),
        ...toPark(park),
        undo,
      };
    }
    case 'compensation-completed':
      return {
        kind,
        ...toAttempt(row),
        context: required(row, 'entry_context'),
        ...optional('events', row['events']),
      };
    case 'compensation-failed': {
      const { outcome, next, retryAt, park } = toDetail<typeof kind>(row);
      return {
        kind,
        ...toAttempt(row),
        error: toError(row),
        outcome,
        next,
        ...toRetryAt(retryAt),
        ...toPark(park),
      };
    }
    case 'claimed': {
      const { from, parked } = toDetail<typeof kind>(row);
      return { kind, from, ...(parked === undefined ? {} : { parked }) };
    }
    case 'released': {
      const { reason, begun } = toDetail<typeof kind>(row);
      return begun === undefined ? { kind, reason } : { kind, reason, begun };
    }
    case 'cancel-requested': {
      const { reason, actor } = toDetail<typeof kind>(row);
      return { kind, reason, ...optional('actor', actor) };
    }
    case 'retry-requested': {
      const { actor, note } = toDetail<typeof kind>(row);
      return { kind, actor, ...optional('note', note) };
    }
    case 'step-resolved': {
      const { actor, note, outcome } = toDetail<typeof kind>(row);
      return { kind, step: required(row, 'step'), actor, note, outcome: toResolution(outcome) };
    }
    case 'stuck': {
      const { reason, message } = toDetail<typeof kind>(row);
      return { kind, reason, ...optional('step', row['step']), message };
    }
    case 'compensation-decided': {
      return { kind, undo: toBegunSteps(row) };
    }
    case 'settled':
      return { kind };
    default:
      throw new TypeError(`The journal has an entry "${String(kind)}", which this version does not know.`);
  }
}

// Releases before `not-done` wrote no outcome. What a later one may add is not guessed: the saga is released.
function toResolution(stored: StepResolution | undefined): StepResolution {
  if (stored === undefined || stored === 'done') return 'done';
  if (stored === 'not-done') return stored;
  throw new TypeError(
    `The journal has a step resolved as "${String(stored)}", which this version does not know.`,
  );
}

// Releases before the list wrote at most one step, in its own column.
function toBegunSteps(row: Row): readonly BegunStep[] {
  const { undo, outcome } = JSON.parse(required(row, 'detail')) as StoredDecision;
  const step = row['step'] ?? undefined;
  const stored = undo ?? (step === undefined ? [] : [{ step, outcome: outcome ?? 'timed-out' }]);
  return stored.map((one) => ({ step: one.step, outcome: toOutcome(one.outcome) }));
}

interface StoredDecision {
  readonly outcome?: StoredOutcome<BegunStep['outcome']>;
  readonly undo?: readonly {
    readonly step: string;
    readonly outcome: StoredOutcome<BegunStep['outcome']>;
  }[];
}

function toAttempt(row: Row) {
  return {
    step: required(row, 'step'),
    attempt: Number(required(row, 'attempt')),
    startedAt: toDate(required(row, 'started_at')),
    finishedAt: toDate(required(row, 'finished_at')),
  };
}

/** The detail of a kind as JSON keeps it: dates are text. Only `toEntryColumns` writes it, so its shape is known. */
type Detail<Kind extends EntryDraft['kind']> = {
  readonly [Property in keyof DraftOf<Kind>]: DraftOf<Kind>[Property] extends Date | undefined
    ? string | undefined
    : DraftOf<Kind>[Property];
};
type DraftOf<Kind extends EntryDraft['kind']> = Extract<EntryDraft, { readonly kind: Kind }>;

function toDetail<Kind extends EntryDraft['kind']>(row: Row): Detail<Kind> {
  return JSON.parse(required(row, 'detail')) as Detail<Kind>;
}

function toError(row: Row): RecordedError {
  return JSON.parse(required(row, 'error')) as RecordedError;
}

function toRetryAt(retryAt: string | undefined): { readonly retryAt?: Date } {
  return retryAt === undefined ? {} : { retryAt: new Date(retryAt) };
}

// JSON has no undefined: a wait that only a request ends has no `dueInMs` there.
function toPark(park: Park | undefined): { readonly park?: Park } {
  if (park === undefined) return {};
  const { for: what, name, dueInMs } = park;
  return { park: { for: what, name, dueInMs } };
}

function optional<Name extends string, Value extends string>(
  name: Name,
  value: Value | null | undefined,
): { readonly [Key in Name]?: Value } {
  return value === null || value === undefined
    ? {}
    : ({ [name]: value } as { readonly [Key in Name]?: Value });
}
