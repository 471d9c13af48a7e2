import type { EntryDraft, JournalEntry, RecordedError } from '@nest-saga/core';

const startedAt = new Date('2026-02-28T23:59:59.001Z');
const finishedAt = new Date('2026-03-01T00:00:00.999Z');
const attempt = { step: 'charge-card', attempt: 3, startedAt, finishedAt };

const text = "Ünïcode “quotes” 'single' \\ back \t tab \n line 😀 漢字 ‮ right to left; -- $1 ? :name {}";
const longText = `${'длинный 🚚 '.repeat(90)}end`;

/** A context with the values that JSON and databases most often treat differently. */
export const richContext = JSON.stringify({
  text,
  empty: '',
  numbers: [0, 1.5, -1, 0.1, 1e21, 1e-7, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, Number.MIN_VALUE],
  nothing: null,
  list: [[], {}, [null, true, false]],
  'a key with "quotes" and 😀': { paid: { $date: '2026-03-01T00:00:00.999Z' } },
  $$date: 'not a mark',
});

const error: RecordedError = {
  name: 'GatewayError',
  message: longText,
  code: 'E_GATEWAY_"TIMEOUT"',
  cause: { name: 'Error', message: text, cause: { name: 'ConnectionError', message: '', code: '08006' } },
};

/** Entries of all kinds, with and without their optional fields, as realistic as an engine's own. */
export const sampleEntries: Readonly<Record<string, EntryDraft>> = {
  'act-completed': { kind: 'act-completed', ...attempt, context: richContext },
  'act-completed that leaves the context as it is': { kind: 'act-completed', ...attempt, response: '1' },
  'act-completed with a response and events': {
    kind: 'act-completed',
    ...attempt,
    context: '{}',
    response: JSON.stringify({ charge: text, at: { $date: '2026-03-01T00:00:00.999Z' } }),
    events: JSON.stringify([{ type: 'charged', text }, 1, 'two', null]),
  },
  'act-completed whose values are null': {
    kind: 'act-completed',
    ...attempt,
    context: 'null',
    response: 'null',
    events: '[null]',
  },
  'act-completed whose values are scalars': {
    kind: 'act-completed',
    ...attempt,
    context: '"a text"',
    response: 'false',
    events: '[0]',
  },
  'act-completed after which nothing is undone': { kind: 'act-completed', ...attempt, pivot: true },
  'act-failed that is overdue': {
    kind: 'act-failed',
    ...attempt,
    error,
    outcome: 'failed',
    next: 'retry',
    retryAt: new Date('2026-03-01T00:00:10.123Z'),
    overdue: true,
    park: { for: 'overdue', name: 'charge-card', dueInMs: 10_000 },
    undo: false,
  },
  'act-failed that halts': {
    kind: 'act-failed',
    ...attempt,
    error,
    outcome: 'unknown',
    next: 'halt',
    stuck: 'pivot-in-doubt',
    undo: false,
  },
  'act-failed that is retried': {
    kind: 'act-failed',
    ...attempt,
    error,
    outcome: 'unknown',
    next: 'retry',
    retryAt: new Date('2026-03-01T00:00:10.123Z'),
    undo: false,
  },
  'act-failed that parks': {
    kind: 'act-failed',
    ...attempt,
    error,
    outcome: 'failed',
    next: 'retry',
    retryAt: new Date('2026-03-01T01:00:00.123Z'),
    park: { for: 'retry', name: 'charge-card', dueInMs: 3_600_000 },
    undo: false,
  },
  'act-failed that leads to the alternative': {
    kind: 'act-failed',
    ...attempt,
    error: { name: 'Error', message: '' },
    outcome: 'failed',
    next: 'alternative',
    undo: true,
  },
  'act-failed whose effect is there': {
    kind: 'act-failed',
    ...attempt,
    error,
    outcome: 'completed',
    response: '{"charge":"c-1"}',
    next: 'compensate',
    undo: true,
  },
  'compensation-completed': { kind: 'compensation-completed', ...attempt, context: richContext },
  'compensation-completed that leaves the context as it is': { kind: 'compensation-completed', ...attempt },
  'compensation-completed with events': {
    kind: 'compensation-completed',
    ...attempt,
    context: '{}',
    events: '[{"type":"refunded"}]',
  },
  'compensation-failed that is retried': {
    kind: 'compensation-failed',
    ...attempt,
    error,
    outcome: 'timed-out',
    next: 'retry',
    retryAt: new Date('2026-03-01T00:00:10.123Z'),
  },
  'compensation-failed that parks': {
    kind: 'compensation-failed',
    ...attempt,
    error,
    outcome: 'failed',
    next: 'retry',
    retryAt: new Date('2026-03-01T01:00:00.123Z'),
    park: { for: 'retry', name: 'a:b.c-d_e', dueInMs: undefined },
  },
  'compensation-failed that halts': {
    kind: 'compensation-failed',
    ...attempt,
    error,
    outcome: 'failed',
    next: 'halt',
  },
  'compensation-failed that continues': {
    kind: 'compensation-failed',
    ...attempt,
    error,
    outcome: 'failed',
    next: 'continue',
  },
  'claimed from the queue': { kind: 'claimed', from: 'pending' },
  'claimed while running': { kind: 'claimed', from: 'running' },
  'claimed while compensating': { kind: 'claimed', from: 'compensating' },
  'claimed while parked': { kind: 'claimed', from: 'running', parked: true },
  'released at a shutdown': { kind: 'released', reason: 'shutdown' },
  'released between two steps': { kind: 'released', reason: 'shutdown', begun: [] },
  'released within an act': { kind: 'released', reason: 'shutdown', begun: ['charge-card'] },
  'released in trouble': { kind: 'released', reason: 'trouble' },
  'cancel-requested': { kind: 'cancel-requested', reason: longText },
  'cancel-requested with an actor': { kind: 'cancel-requested', reason: text, actor: 'Zoë O’Neil' },
  'deadline-passed': { kind: 'deadline-passed' },
  'branches-abandoned': { kind: 'branches-abandoned', steps: [], undo: [] },
  'branches-abandoned with a branch in doubt': {
    kind: 'branches-abandoned',
    steps: ['charge-card', 'book-carrier'],
    undo: [{ step: 'charge-card', outcome: 'unknown' }],
  },
  'act-completed, the first of the branches of a stage': {
    kind: 'act-completed',
    ...attempt,
    branch: 'charge-card',
    branches: ['charge-card', 'book-carrier'],
    response: '1',
  },
  'compensation-decided': { kind: 'compensation-decided', undo: [] },
  'compensation-decided with a step that was begun': {
    kind: 'compensation-decided',
    undo: [{ step: 'charge-card', outcome: 'unknown' }],
  },
  'retry-requested': { kind: 'retry-requested', actor: 'ada' },
  'retry-requested with a note': { kind: 'retry-requested', actor: 'ada', note: longText },
  'step-resolved': { kind: 'step-resolved', step: 'charge-card', actor: 'ada', note: text, outcome: 'done' },
  'step-resolved after which nothing is undone': {
    kind: 'step-resolved',
    step: 'charge-card',
    actor: 'ada',
    note: text,
    outcome: 'done',
    pivot: true,
  },
  'step-resolved as not done': {
    kind: 'step-resolved',
    step: 'charge-card',
    actor: 'ada',
    note: text,
    outcome: 'not-done',
  },
  stuck: { kind: 'stuck', reason: 'recovery-exhausted', message: text },
  'stuck at a step': { kind: 'stuck', reason: 'definition-mismatch', step: 'a:b.c-d_e', message: longText },
  'delivery-failed': { kind: 'delivery-failed', emittedSeq: 3, index: 0, handler: text, error },
  'act-completed that leads to a wait': {
    kind: 'act-completed',
    ...attempt,
    context: '{}',
    response: '"r"',
    park: { for: 'delay', name: 'cool', dueInMs: 3_600_000 },
  },
  'act-completed that leads to a short wait': {
    kind: 'act-completed',
    ...attempt,
    context: '{}',
    wait: { for: 'delay', name: 'cool', dueInMs: 10 },
  },
  'signal-received': { kind: 'signal-received', name: 'shipment.delivered' },
  'signal-received with a payload': {
    kind: 'signal-received',
    name: 'shipment.delivered',
    payload: JSON.stringify({ text, at: { $date: '2026-03-01T00:00:00.999Z' } }),
    dedupeId: text,
    actor: 'Zoë O’Neil',
    wakes: true,
  },
  'signal-received with a decision': {
    kind: 'signal-received',
    name: 'big-refund',
    actor: 'ada',
    note: longText,
    decision: 'rejected',
    wakes: true,
  },
  'parked until a moment': {
    kind: 'parked',
    park: { for: 'delay', name: 'cool', dueInMs: undefined, nextRunAt: new Date('2126-03-01T00:00:10.123Z') },
  },
  'parked until the next attempt': {
    kind: 'parked',
    park: {
      for: 'retry',
      name: 'charge',
      dueInMs: undefined,
      nextRunAt: new Date('2126-03-01T00:00:10.123Z'),
    },
  },
  'parked until a person decides': {
    kind: 'parked',
    park: { for: 'approval', name: 'a:b.c-d_e', dueInMs: undefined },
    title: text,
    notBy: 'Zoë O’Neil',
  },
  'wait-ended': { kind: 'wait-ended', step: 'cool', outcome: 'elapsed' },
  'wait-ended by a signal, leading to another wait': {
    kind: 'wait-ended',
    step: 'cool',
    outcome: 'signal',
    signal: 7,
    context: richContext,
    park: { for: 'signal', name: 'paid', dueInMs: undefined },
  },
  'wait-ended that compensates': {
    kind: 'wait-ended',
    step: 'cool',
    outcome: 'timed-out',
    error,
    next: 'compensate',
  },
  'wait-ended that halts': { kind: 'wait-ended', step: 'cool', outcome: 'failed', error, next: 'halt' },
  'act-completed that leads to a choice': {
    kind: 'act-completed',
    ...attempt,
    path: {
      skipped: ['wrap', 'a:b.c-d_e'],
      decisions: { gift: false, constructor: true, pay: text, tip: null },
    },
  },
  'act-completed that leads to a choice that failed': {
    kind: 'act-completed',
    ...attempt,
    path: { decisions: { gift: { error } } },
  },
  'wait-ended that leads to a choice': {
    kind: 'wait-ended',
    step: 'cool',
    outcome: 'elapsed',
    path: { decisions: { pay: 'card' } },
  },
  'path-decided': { kind: 'path-decided', path: { skipped: ['wrap'], decisions: { gift: false } } },
  settled: { kind: 'settled' },
  'settled that ends the saga': { kind: 'settled', status: 'completed' },
  'cancel-requested of a STUCK saga': { kind: 'cancel-requested', reason: text, status: 'running' },
};

/** An entry with its JSON texts parsed, because a storage may write the same value differently. */
export function parsed(entry: EntryDraft | JournalEntry): object {
  const names = ['context', 'response', 'events', 'payload'];
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]): [string, unknown] => [
      name,
      names.includes(name) && typeof value === 'string' ? { json: JSON.parse(value) as unknown } : value,
    ]),
  );
}
