import fc from 'fast-check';
import type { EntryDraft } from '../journal/journal-entry.js';
import { entryKinds } from '../journal/journal-entry.js';
import { SagaStatus } from '../journal/saga-status.js';
import { fromEntryColumns, toEntryColumns } from './entry-codec.js';
import type { EntryColumns } from './entry-codec.js';

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
const untilMoment = fc.record(
  { for: fc.constantFrom('delay', 'signal', 'approval'), name: text, dueInMs, nextRunAt: date },
  { requiredKeys: ['for', 'name', 'dueInMs'], ...plain },
);
/** The properties of an entry that begins a wait: a park or a wait, and optional texts. */
const start = fc
  .tuple(
    fc.constantFrom('park', 'wait'),
    untilMoment,
    fc.record({ title: text, notBy: text }, { requiredKeys: [] as never[] }),
  )
  .map(([name, one, more]) => ({ [name]: one, ...more }));
const status = fc.constantFrom(...Object.values(SagaStatus));
const optional = { requiredKeys: [] as never[] };

const decision = fc.oneof(fc.boolean(), text, fc.constant(null), fc.record({ error }, plain));
const path = fc.record(
  {
    skipped: fc.array(text),
    decisions: fc.dictionary(
      text.filter((one) => one !== '__proto__'),
      decision,
      plain,
    ),
  },
  { ...optional, ...plain },
);

/** The same drafts, some of which begin a wait, and some of which have decided the path. */
function leading(drafts: fc.Arbitrary<object>): fc.Arbitrary<object> {
  return fc
    .tuple(drafts, fc.option(start, { nil: {} }), fc.record({ path }, optional))
    .map(([draft, ...more]) => Object.assign({}, draft, ...more) as object);
}

/** The kinds with properties of their own, with and without the optional ones. A kind whose required properties are texts needs no row. */
const drafts: { readonly [Kind in EntryDraft['kind']]?: fc.Arbitrary<object> } = {
  'act-completed': leading(merged({ ...attempt, context: json }, { response: json, events: json })),
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
  'branches-abandoned': merged({
    steps: fc.array(text),
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
  'delivery-failed': merged({ emittedSeq: fc.nat(), index: fc.nat(), handler: text, error }),
  'signal-received': merged(
    { name: text },
    {
      payload: json,
      dedupeId: text,
      actor: text,
      note: text,
      decision: fc.constantFrom('approved', 'rejected'),
      wakes: fc.constant(true),
    },
  ),
  parked: leading(merged({})),
  'wait-ended': leading(
    merged(
      { step: text, outcome: fc.constantFrom('elapsed', 'signal', 'timed-out', 'failed') },
      { signal: fc.nat(), context: json, error, next: fc.constant('compensate') },
    ),
  ),
  'path-decided': merged({ path }),
  settled: merged({}),
};

function merged(
  required: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  others: Readonly<Record<string, fc.Arbitrary<unknown>>> = {},
): fc.Arbitrary<object> {
  return fc
    .tuple(fc.record(required), fc.record({ ...others, status }, optional))
    .map(([one, other]) => ({ ...one, ...other }));
}

/** The columns of an entry that was just stored. */
const stored = (kind: string, given: Partial<EntryColumns> = {}): EntryColumns => ({
  ...toEntryColumns({ kind: 'settled' }),
  kind,
  ...given,
});

const kinds = Object.keys(entryKinds) as EntryDraft['kind'][];

/** An entry whose properties are texts needs no row: an entry of another kind is not returned as it was. */
function arbitraryOf(kind: EntryDraft['kind']): fc.Arbitrary<object> {
  const properties = Object.fromEntries(entryKinds[kind].map((name) => [name, text]));
  return drafts[kind] ?? merged(properties);
}

describe('the codec of entries', () => {
  it.each(kinds.map((kind) => [kind, arbitraryOf(kind)] as const))(
    'returns every entry "%s" as it was',
    (kind, arbitrary) => {
      fc.assert(
        fc.property(arbitrary, (properties) => {
          const draft = { kind, ...properties } as EntryDraft;
          expect(fromEntryColumns(toEntryColumns(draft))).toStrictEqual(draft);
        }),
      );
    },
  );

  it('keeps what it has no column for in the detail, whatever it is', () => {
    const draft = { kind: 'settled', ofTomorrow: { deep: [1] } } as EntryDraft;
    expect(toEntryColumns(draft)).toMatchObject({ kind: 'settled', detail: '{"ofTomorrow":{"deep":[1]}}' });
    expect(fromEntryColumns(toEntryColumns(draft))).toStrictEqual(draft);
  });

  it('has no detail of an entry that is all columns', () => {
    expect(toEntryColumns({ kind: 'settled' }).detail).toBeNull();
  });

  it.each<[string, EntryDraft, Partial<EntryColumns>]>([
    [
      'a step in doubt',
      { kind: 'compensation-decided', undo: [{ step: 'charge', outcome: 'unknown' }] },
      {
        step: 'charge',
        detail: '{"undo":[{"step":"charge","outcome":"timed-out"}],"outcome":"timed-out"}',
      },
    ],
    ['no step in doubt', { kind: 'compensation-decided', undo: [] }, { step: null, detail: '{"undo":[]}' }],
  ])('writes %s so that earlier releases read it', (_title, draft, columns) => {
    const { step, detail } = toEntryColumns(draft);
    expect({ step, detail: JSON.parse(detail ?? '') as unknown }).toEqual({
      ...columns,
      detail: JSON.parse(columns.detail ?? '') as unknown,
    });
  });

  it.each<[string, EntryColumns, Partial<EntryDraft>]>([
    [
      'a step in doubt, from before there could be several',
      stored('compensation-decided', { step: 'charge', detail: '{"outcome":"failed"}' }),
      { undo: [{ step: 'charge', outcome: 'failed' }] },
    ],
    ['no step in doubt', stored('compensation-decided', { detail: '{}' }), { undo: [] }],
    [
      'a step that was resolved, from before it could be not done',
      stored('step-resolved', { step: 'charge', detail: '{"actor":"ada","note":"by phone"}' }),
      { outcome: 'done' },
    ],
    [
      'a release, from before it named what was begun',
      stored('released', { detail: '{"reason":"shutdown"}' }),
      { reason: 'shutdown' },
    ],
  ])('reads what an earlier release wrote: %s', (_title, columns, entry) => {
    expect(fromEntryColumns(columns)).toMatchObject(entry);
  });

  it.each<[string, EntryColumns, string]>([
    ['kind', stored('signalled'), 'an entry "signalled"'],
    ['kind that every object has', stored('constructor'), 'an entry "constructor"'],
    ['status', stored('settled', { status: 'asleep' }), 'the status "asleep"'],
    [
      'resolution',
      stored('step-resolved', { step: 'a', detail: '{"actor":"ada","note":"","outcome":"half-done"}' }),
      '"half-done"',
    ],
  ])('refuses a %s that it does not know, by name', (_title, columns, message) => {
    expect(() => fromEntryColumns(columns)).toThrow(message);
  });

  it.each<[string, EntryColumns, string]>([
    [
      'an act without its step',
      stored('act-completed', { attempt: 1 }),
      '"act-completed" of the journal has no "step"',
    ],
    ['a claim without a detail', stored('claimed'), '"claimed" of the journal has no "from"'],
  ])('refuses %s', (_title, columns, message) => {
    expect(() => fromEntryColumns(columns)).toThrow(message);
  });
});
