import type { EntryDraft } from '@nest-saga/core';
import fc from 'fast-check';
import type { Row } from '../database/statement.js';
import { toEntryColumns } from './entry-columns.js';
import { toJournalEntry } from './journal-entry-row.js';

/** As JSON gives objects back. */
const plain = { noNullPrototype: true };
const text = fc.string({ unit: 'grapheme' });
const json = fc.json();
const date = fc.date({ noInvalidDate: true, min: new Date(-8e14), max: new Date(8e14) });
const error = fc.record(
  { name: text, message: text, code: text, cause: fc.record({ name: text, message: text }, plain) },
  { requiredKeys: ['name', 'message'], ...plain },
);
const attempt = {
  step: text,
  attempt: fc.integer({ min: 1, max: 1_000 }),
  startedAt: date,
  finishedAt: date,
};
const dueInMs = fc.option(fc.nat(), { nil: undefined });
const park = fc.record({ for: fc.constant('retry'), name: text, dueInMs }, plain);
const optional = { requiredKeys: [] as never[] };

/** Every kind, with and without what is optional. A kind that is missing here does not compile. */
const drafts: { readonly [Kind in EntryDraft['kind']]: fc.Arbitrary<object> } = {
  'act-completed': merged({ ...attempt, context: json }, { response: json, events: json }),
  'act-failed': merged(
    {
      ...attempt,
      error,
      outcome: fc.constantFrom('completed', 'failed', 'unknown'),
      next: fc.constantFrom('retry', 'alternative', 'undo-first', 'compensate'),
      undo: fc.boolean(),
    },
    { response: json, retryAt: date, park },
  ),
  'compensation-completed': merged({ ...attempt, context: json }, { events: json }),
  'compensation-failed': merged(
    {
      ...attempt,
      error,
      outcome: fc.constantFrom('failed', 'timed-out'),
      next: fc.constantFrom('retry', 'halt', 'continue'),
    },
    { retryAt: date, park },
  ),
  claimed: merged(
    { from: fc.constantFrom('pending', 'running', 'compensating') },
    { parked: fc.constant(true) },
  ),
  released: merged({ reason: fc.constantFrom('shutdown', 'trouble') }, { begun: fc.array(text) }),
  'cancel-requested': merged({ reason: text }, { actor: text }),
  'compensation-decided': merged({
    undo: fc.array(
      fc.record({ step: text, outcome: fc.constantFrom('failed', 'unknown') }, { noNullPrototype: true }),
    ),
  }),
  'retry-requested': merged({ actor: text }, { note: text }),
  'step-resolved': merged({
    step: text,
    actor: text,
    note: text,
    outcome: fc.constantFrom('done', 'not-done'),
  }),
  stuck: merged(
    {
      reason: fc.constantFrom('compensation-exhausted', 'recovery-exhausted', 'definition-mismatch'),
      message: text,
    },
    { step: text },
  ),
  settled: merged({}),
};

function merged(
  required: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  others: Readonly<Record<string, fc.Arbitrary<unknown>>> = {},
): fc.Arbitrary<object> {
  return fc
    .tuple(fc.record(required), fc.record(others, optional))
    .map(([one, other]) => ({ ...one, ...other }));
}

/** What a statement selects of the columns: text, and times in milliseconds. */
function toRow(draft: EntryDraft): Row {
  const { context, startedAt, finishedAt, attempt: attemptNumber, ...columns } = toEntryColumns(draft);
  return {
    ...columns,
    entry_context: context,
    attempt: attemptNumber === null ? null : String(attemptNumber),
    started_at: startedAt === null ? null : String(startedAt.getTime()),
    finished_at: finishedAt === null ? null : String(finishedAt.getTime()),
    seq: '7',
    worker: 'worker-1',
    recorded_at: '1767225600123',
  };
}

describe('the mapping of journal entries', () => {
  it.each(Object.entries(drafts))('gives every entry "%s" back as it was', (kind, arbitrary) => {
    const place = { seq: 7, worker: 'worker-1', recordedAt: new Date(1767225600123) };
    fc.assert(
      fc.property(arbitrary, (properties) => {
        const draft = { kind, ...properties } as EntryDraft;
        expect(toJournalEntry(toRow(draft))).toStrictEqual({ ...draft, ...place });
      }),
    );
  });

  it('has no worker where an entry came from outside', () => {
    expect(toJournalEntry({ ...toRow({ kind: 'settled' }), worker: null }).worker).toBeUndefined();
  });

  it('reads a step that an earlier release resolved as done', () => {
    const row = { ...toRow({ kind: 'settled' }), kind: 'step-resolved', step: 'charge' };
    expect(toJournalEntry({ ...row, detail: '{"actor":"ada","note":"by phone"}' })).toMatchObject({
      step: 'charge',
      outcome: 'done',
    });
  });

  it('refuses a step that was resolved in a way that it does not know', () => {
    const row = { ...toRow({ kind: 'settled' }), kind: 'step-resolved', step: 'charge' };
    const detail = '{"actor":"ada","note":"by phone","outcome":"half-done"}';
    expect(() => toJournalEntry({ ...row, detail })).toThrow('"half-done"');
  });

  it('refuses an entry of a kind that it does not know, by name', () => {
    expect(() => toJournalEntry({ ...toRow({ kind: 'settled' }), kind: 'signalled' })).toThrow('"signalled"');
  });
});
