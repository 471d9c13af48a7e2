import type { AppendRequest, EntryDraft, HeaderChange } from '@nest-saga/core';

const nothing = { failure: undefined, stuck: undefined } as const;
const failure = {
  reason: 'step-failed',
  step: 'charge',
  errorName: 'CardError',
  message: 'declined',
} as const;
const stuck = {
  reason: 'compensation-exhausted',
  step: 'reserve',
  message: 'the stock service is down',
} as const;

/** The header changes of an engine, each with an owner to fill in if the saga keeps one. */
export const changeTo = {
  running: (owner: string | undefined): HeaderChange => ({ status: 'running', owner, ...nothing }),
  parked: (dueInMs: number | undefined): HeaderChange => ({
    status: 'running',
    owner: undefined,
    park: { for: 'retry', name: 'charge', dueInMs },
    ...nothing,
  }),
  /** Parked until a moment, or claimable at once. */
  parkedUntil: (nextRunAt: Date | undefined): HeaderChange => ({
    status: 'running',
    owner: undefined,
    park: { for: 'delay', name: 'pick-up', dueInMs: undefined, ...(nextRunAt && { nextRunAt }) },
    ...nothing,
  }),
  compensating: (owner: string | undefined): HeaderChange => ({
    status: 'compensating',
    owner,
    failure,
    stuck: undefined,
  }),
  completed: (): HeaderChange => ({ status: 'completed', owner: undefined, ...nothing }),
  failed: (): HeaderChange => ({ status: 'failed', owner: undefined, failure, stuck: undefined }),
  stuck: (): HeaderChange => ({ status: 'stuck', owner: undefined, failure, stuck }),
};

/** An append with its header change: the entry carries the status, unless the saga is only parked. */
export function changing(request: AppendRequest, change: HeaderChange): AppendRequest {
  if (change.park !== undefined) return { ...request, change };
  return { ...request, entry: { ...request.entry, status: change.status }, change };
}

const attempt = {
  step: 'charge',
  attempt: 1,
  startedAt: new Date('2026-03-01T00:00:00.000Z'),
  finishedAt: new Date('2026-03-01T00:00:01.000Z'),
} as const;
const error = { name: 'CardError', message: 'declined' } as const;

/** The entries that belong to these changes. */
export const entryOf = {
  actCompleted: { kind: 'act-completed', ...attempt, context: '{}' },
  actFailed: { kind: 'act-failed', ...attempt, error, outcome: 'failed', next: 'compensate', undo: false },
  actParked: {
    kind: 'act-failed',
    ...attempt,
    error,
    outcome: 'failed',
    next: 'retry',
    retryAt: new Date('2026-03-01T00:01:01.000Z'),
    park: { for: 'retry', name: 'charge', dueInMs: 60_000 },
    undo: false,
  },
  compensationCompleted: { kind: 'compensation-completed', ...attempt, context: '{}' },
  compensationFailed: { kind: 'compensation-failed', ...attempt, error, outcome: 'failed', next: 'halt' },
  decided: { kind: 'compensation-decided', undo: [] },
  settled: { kind: 'settled' },
  stuck: { kind: 'stuck', reason: 'compensation-exhausted', message: 'the stock service is down' },
  retry: { kind: 'retry-requested', actor: 'ada' },
} as const satisfies Record<string, EntryDraft>;
