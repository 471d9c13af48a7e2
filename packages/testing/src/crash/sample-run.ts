import type { EntryDraft, JournalEntry, LoadedSaga, SagaHeader } from '@nest-saga/core';
import type { CrashEvidence } from './crash-evidence.js';
import type { LedgerRow } from './ledger-row.js';

export const sagaId = 'the saga';
export const epoch = Date.UTC(2026, 0, 1);
const times = { startedAt: new Date(epoch), finishedAt: new Date(epoch) };
const error = { name: 'Error', message: 'declined' };

export function act(step: string): EntryDraft {
  return { kind: 'act-completed', step, attempt: 1, ...times, context: '{}' };
}

export function failed(step: string): EntryDraft {
  return {
    kind: 'act-failed',
    step,
    attempt: 1,
    ...times,
    error,
    outcome: 'failed',
    next: 'compensate',
    undo: false,
  };
}

export function undo(step: string): EntryDraft {
  return { kind: 'compensation-completed', step, attempt: 1, ...times, context: '{}' };
}

const requests: ReadonlySet<EntryDraft['kind']> = new Set([
  'cancel-requested',
  'retry-requested',
  'signal-received',
]);

/** A saga whose entries were written by one worker, the first at 10 ms, the second at 20 ms, and so on. */
export function saga(status: SagaHeader['status'], drafts: readonly EntryDraft[], worker = 'w1'): LoadedSaga {
  const entries = drafts.map((draft, index): JournalEntry => ({
    ...draft,
    seq: index + 1,
    worker: requests.has(draft.kind) ? undefined : worker,
    recordedAt: new Date(epoch + 10 * (index + 1)),
  }));
  const header: SagaHeader = {
    sagaId,
    saga: 'order',
    version: 1,
    key: undefined,
    status,
    owner: undefined,
    nextRunAt: undefined,
    deadlineAt: undefined,
    parentId: undefined,
    reverses: undefined,
    path: undefined,
    waiting: undefined,
    context: '{}',
    failure: undefined,
    stuck: undefined,
    metadata: {},
    createdAt: new Date(epoch),
    updatedAt: new Date(epoch),
  };
  return { header, entries };
}

/** A call that began at this time and took 5 ms. */
export function call(
  action: LedgerRow['action'],
  step: string,
  beganAtMs: number,
  change: Partial<LedgerRow> = {},
): LedgerRow {
  return {
    sagaId,
    step,
    action,
    attempt: 1,
    idempotencyKey: `${sagaId}:${step}:${action}`,
    fencingToken: 1,
    process: 'p1',
    beganAt: epoch + beganAtMs,
    endedAt: epoch + beganAtMs + 5,
    isEffective: true,
    ...change,
  };
}

export const undone = saga('failed', [act('a'), act('b'), failed('c'), undo('b'), undo('a')]);
export const undoneCalls = [
  call('act', 'a', 1),
  call('act', 'b', 11),
  call('act', 'c', 21, { isEffective: false }),
  call('compensate', 'b', 31),
  call('compensate', 'a', 41),
];
export const good: CrashEvidence = {
  acknowledgements: [{ kind: 'start', sagaId }],
  sagas: [undone],
  ledger: undoneCalls,
  leases: [{ process: 'p1', validFrom: epoch, validUntil: epoch + 1_000 }],
  snapshots: [undone],
  watchers: [
    {
      watcher: 'a client',
      sagaId,
      fromSeq: 3,
      seen: [
        { seq: 4, at: epoch + 42 },
        { seq: 5, at: epoch + 52 },
      ],
      isEnded: true,
    },
  ],
};
