import fc from 'fast-check';
import { defineSaga } from '../definition/define-saga.js';
import { fallback } from '../definition/fallback.js';
import { stepsOf } from '../definition/saga-definition.js';
import type { DeclaredStep, SagaDefinition } from '../definition/saga-definition.js';
import { applyEntry } from '../journal/apply-entry.js';
import { foldJournal, initialState } from '../journal/fold-journal.js';
import type { EntryDraft, JournalEntry } from '../journal/journal-entry.js';
import type { SagaState } from '../journal/saga-state.js';
import { isTerminal } from '../journal/saga-status.js';
import type { AttemptOutcome } from './decide-entry.js';
import { decideEntry } from './decide-entry.js';
import { afterWait, nextAction } from './next-action.js';

const at = new Date(0);

/** What each attempt of each step does: a list a step and action, the last one for ever. */
type Script = Readonly<Record<string, readonly ('ok' | 'fail' | 'timeout' | 'unstorable' | 'refused')[]>>;

interface Case {
  readonly definition: SagaDefinition;
  readonly script: Script;
  /** Before which entries somebody asks to cancel or another worker claims. */
  readonly requests: Readonly<Record<number, EntryDraft>>;
}

/** Runs the pure part to its end, as the executor does, from any journal. */
function run(
  { definition, script, requests }: Case,
  journal: readonly JournalEntry[] = [],
): readonly JournalEntry[] {
  const entries = [...journal];
  let state = foldJournal(definition, { context: '{}', status: 'running' }, entries);
  const append = (draft: EntryDraft): void => {
    const seq = state.seq + 1;
    state = applyEntry(definition, state, draft, seq);
    entries.push({ seq, worker: 'w', recordedAt: at, ...draft });
  };
  const isNew = (request: EntryDraft | undefined): request is EntryDraft =>
    request !== undefined &&
    !entries.some(({ kind }) => kind === request.kind) &&
    !isTerminal(state.status) &&
    state.status !== 'stuck';
  for (let turns = 0; turns < 500; turns++) {
    for (let request = requests[state.seq + 1]; isNew(request); request = requests[state.seq + 1])
      append(request);
    const action = nextAction(definition, state);
    if (action.kind === 'settle') {
      if (action.entry === undefined) return entries;
      append(action.entry);
    } else if (action.kind === 'wait') {
      state = afterWait(state);
    } else {
      const id = action.kind === 'act' ? action.step.id : action.item.step;
      const outcome = outcomeOf(script[`${id}:${action.kind}`] ?? [], action.attempt);
      append(decideEntry(definition, state, { action, outcome, startedAt: at, finishedAt: at, random: 0 }));
    }
  }
  throw new Error('the saga did not end');
}

function outcomeOf(outcomes: Script[string], attempt: number): AttemptOutcome {
  const scripted = outcomes[attempt - 1] ?? outcomes.at(-1) ?? 'ok';
  if (scripted === 'ok') return { kind: 'completed', context: '{}', response: undefined, events: undefined };
  const outcome = (
    { fail: 'failed', timeout: 'timed-out', unstorable: 'completed', refused: 'failed' } as const
  )[scripted];
  const isBreakerOpen = scripted === 'refused';
  return { kind: 'failed', error: new Error(scripted), outcome, response: undefined, isBreakerOpen };
}

const handler = () => ({ act: () => undefined, compensate: () => undefined });

const cases: fc.Arbitrary<Case> = fc
  .array(
    fc.record({
      isFallback: fc.boolean(),
      attempted: fc.boolean(),
      attempts: fc.integer({ min: 1, max: 3 }),
      continues: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .chain((shapes) => {
    const steps = shapes.map(({ isFallback, attempted, attempts, continues }, index) => {
      const declare = (id: string): DeclaredStep => ({
        id,
        handler,
        retry: { maximumAttempts: attempts },
        compensation: { maximumAttempts: 2, onExhausted: continues ? 'continue' : 'halt' },
        compensateOn: attempted ? 'attempted' : 'completed',
      });
      return isFallback ? fallback(declare(`p${index}`), declare(`q${index}`)) : declare(`s${index}`);
    });
    const definition = defineSaga({ name: 'random', steps });
    const keys = shapes.flatMap((_, index) =>
      ['s', 'p', 'q'].flatMap((side) => [`${side}${index}:act`, `${side}${index}:compensate`]),
    );
    const kinds = ['ok', 'ok', 'ok', 'fail', 'timeout', 'unstorable'] as const;
    const lengths = { minLength: 1, maxLength: 3 };
    const outcomes = fc.array(fc.constantFrom(...kinds), lengths);
    // Only the act of a primary has a breaker.
    const guarded = fc.array(fc.constantFrom(...kinds, 'refused' as const), lengths);
    const outcomesOf = (key: string) => (/^p.*:act$/.test(key) ? guarded : outcomes);
    return fc.record({
      definition: fc.constant(definition),
      script: fc.record(Object.fromEntries(keys.map((key) => [key, outcomesOf(key)]))),
      requests: fc.dictionary(
        fc.integer({ min: 1, max: 12 }).map(String),
        fc.constantFrom<EntryDraft>(
          { kind: 'cancel-requested', reason: 'changed my mind' },
          { kind: 'claimed', from: 'running' },
        ),
        { maxKeys: 2 },
      ),
    });
  });

const runs = { numRuns: 3_000 };

/** The steps whose effect is there or may be there, in the order in which that became so. */
function effects(entries: readonly JournalEntry[]): readonly string[] {
  return entries.flatMap((entry) =>
    entry.kind === 'act-completed' ||
    (entry.kind === 'act-failed' && entry.undo) ||
    (entry.kind === 'compensation-decided' && entry.step !== undefined)
      ? [entry.step ?? 'none']
      : [],
  );
}

function statesOf({ definition }: Case, entries: readonly JournalEntry[]): readonly SagaState[] {
  let state = initialState('{}');
  return entries.map((entry) => {
    state = applyEntry(definition, state, entry, entry.seq);
    return state;
  });
}

describe('the pure part of the engine', () => {
  it('starts no act once the decision to compensate is in the journal', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const entries = run(one);
        const decided = statesOf(one, entries).findIndex(({ direction }) => direction === 'backward');
        const later = decided < 0 ? [] : entries.slice(decided + 1);
        expect(later.filter(({ kind }) => kind === 'act-completed' || kind === 'act-failed')).toEqual([]);
      }),
      runs,
    );
  });

  it('compensates in the exact reverse order of what is to be undone', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const entries = run(one);
        const isGivenUp = entries.some(
          (entry) => entry.kind === 'compensation-failed' && entry.next !== 'retry',
        );
        const undone = entries.flatMap((entry) =>
          entry.kind === 'compensation-completed' ||
          (entry.kind === 'compensation-failed' && entry.next === 'continue')
            ? [entry.step]
            : [],
        );
        const expected = effects(entries).toReversed();
        const { status } = foldJournal(one.definition, { context: '{}', status: 'running' }, entries);
        const undoneAtEnd = { failed: expected, completed: [], stuck: expected.slice(0, undone.length) };
        expect(undoneAtEnd).toHaveProperty(status, undone);
        expect(status === 'stuck').toBe(isGivenUp);
      }),
      runs,
    );
  });

  it('leaves no step behind that was begun, where those that were attempted are undone', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const entries = run(one);
        const attempted = one.definition.stages
          .flatMap(stepsOf)
          .filter(({ compensateOn }) => compensateOn === 'attempted');
        const isBegun = (id: string): boolean =>
          entries.some(
            (entry) => entry.kind === 'act-failed' && entry.step === id && entry.error.message !== 'refused',
          );
        const isDone = (id: string): boolean =>
          entries.some((entry) => entry.kind === 'act-completed' && entry.step === id);
        const { direction } = foldJournal(one.definition, { context: '{}', status: 'running' }, entries);
        const begun = direction === 'forward' ? [] : attempted.filter(({ id }) => isBegun(id) && !isDone(id));
        expect(effects(entries)).toEqual(expect.arrayContaining(begun.map(({ id }) => id)));
      }),
      runs,
    );
  });

  it('never says that a step failed of which an attempt timed out', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const entries = run(one);
        const timedOut = entries.flatMap((entry) =>
          entry.kind === 'act-failed' && entry.outcome === 'timed-out' ? [entry.step] : [],
        );
        const toUndo = statesOf(one, entries).flatMap(({ undo }) => undo);
        const failed = toUndo.flatMap(({ step, outcome }) => (outcome === 'failed' ? [step] : []));
        expect(failed.filter((step) => timedOut.includes(step))).toEqual([]);
      }),
      runs,
    );
  });

  it('ends FAILED only with a reason, and COMPLETED only with every stage done', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const end = foldJournal(one.definition, { context: '{}', status: 'running' }, run(one));
        const isCompleted = end.status === 'completed';
        expect(end.failure === undefined).toBe(isCompleted);
        expect(end.stage === one.definition.stages.length && end.direction === 'forward').toBe(isCompleted);
      }),
      runs,
    );
  });

  it('lets nothing change a terminal state but the count of entries', () => {
    const drafts: readonly EntryDraft[] = [
      { kind: 'settled' },
      { kind: 'cancel-requested', reason: 'late' },
      { kind: 'retry-requested', actor: 'somebody' },
      { kind: 'claimed', from: 'running' },
      { kind: 'stuck', reason: 'recovery-exhausted', message: 'late' },
    ];
    fc.assert(
      fc.property(cases, fc.constantFrom(...drafts), (one, draft) => {
        const end = foldJournal(one.definition, { context: '{}', status: 'running' }, run(one));
        fc.pre(isTerminal(end.status));
        const { seq: _, ...after } = applyEntry(one.definition, end, draft, end.seq + 1);
        expect(end).toMatchObject(after);
        expect(nextAction(one.definition, end)).toEqual({ kind: 'settle', entry: undefined });
      }),
      runs,
    );
  });

  it('comes to the same end from every prefix of a journal', () => {
    fc.assert(
      fc.property(cases, fc.nat(), (one, cut) => {
        const entries = run(one);
        const prefix = entries.slice(0, cut % (entries.length + 1));
        expect(run(one, prefix)).toEqual(entries);
      }),
      runs,
    );
  });

  it('answers for every state that any journal folds to, fitting or not', () => {
    const drafts = fc.array(
      fc.oneof(
        fc.record({
          kind: fc.constant('act-completed' as const),
          step: fc.constantFrom('s0', 's1', 'p0', 'x'),
          attempt: fc.nat(3),
          context: fc.constant('{}'),
          startedAt: fc.constant(at),
          finishedAt: fc.constant(at),
        }),
        fc.record({
          kind: fc.constant('compensation-completed' as const),
          step: fc.constantFrom('s0', 's1', 'q0'),
          attempt: fc.nat(3),
          context: fc.constant('{}'),
          startedAt: fc.constant(at),
          finishedAt: fc.constant(at),
        }),
        fc.constantFrom<EntryDraft>(
          { kind: 'settled' },
          { kind: 'compensation-decided' },
          { kind: 'claimed', from: 'running' },
          { kind: 'retry-requested', actor: 'a' },
          { kind: 'released', reason: 'shutdown' },
        ),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(cases, drafts, (one, list) => {
        const entries = list.map((draft, index): JournalEntry => ({
          seq: index + 1,
          worker: 'w',
          recordedAt: at,
          ...draft,
        }));
        const state = foldJournal(one.definition, { context: '{}', status: 'running' }, entries);
        expect(['act', 'compensate', 'wait', 'settle']).toContain(nextAction(one.definition, state).kind);
      }),
      runs,
    );
  });
});

describe('nextAction', () => {
  const definition = defineSaga({
    name: 'order',
    steps: ['a', 'b'].map((id) => ({ id, handler })),
    maximumRecoveryAttempts: 2,
  });
  const completed = (step: string): EntryDraft => ({
    kind: 'act-completed',
    step,
    attempt: 1,
    context: '{}',
    startedAt: at,
    finishedAt: at,
  });
  const fold = (...drafts: readonly EntryDraft[]): SagaState =>
    foldJournal(
      definition,
      { context: '{}', status: 'running' },
      drafts.map((draft, index): JournalEntry => ({ seq: index + 1, worker: 'w', recordedAt: at, ...draft })),
    );
  const claim: EntryDraft = { kind: 'claimed', from: 'running' };

  it('never guesses: a journal whose step stands elsewhere is marked with definition-mismatch', () => {
    expect(nextAction(definition, fold(completed('b')))).toMatchObject({
      kind: 'settle',
      entry: { kind: 'stuck', reason: 'definition-mismatch' },
    });
  });

  it('marks a saga with recovery-exhausted after more claims without progress than are allowed', () => {
    expect(nextAction(definition, fold(claim, claim))).toMatchObject({ kind: 'act' });
    expect(nextAction(definition, fold(claim, claim, claim))).toMatchObject({
      kind: 'settle',
      entry: { kind: 'stuck', reason: 'recovery-exhausted' },
    });
  });

  it('undoes a cancelled saga that it would otherwise mark with recovery-exhausted: no act is run for it any more', () => {
    const cancel: EntryDraft = { kind: 'cancel-requested', reason: 'the customer called' };
    expect(nextAction(definition, fold(claim, claim, cancel, claim))).toMatchObject({
      kind: 'settle',
      entry: { kind: 'compensation-decided' },
    });
  });

  it('counts neither the first claim of a queued saga nor a claim after a good handover', () => {
    const released: EntryDraft = { kind: 'released', reason: 'shutdown' };
    expect(fold({ kind: 'claimed', from: 'pending' }, released, claim, released, claim).recoveries).toBe(0);
  });

  it('starts the count anew with every step that is done', () => {
    expect(fold(claim, claim, completed('a'), claim).recoveries).toBe(1);
  });

  it('completes a journal whose trailing steps were taken out of the definition', () => {
    const shorter = defineSaga({ name: 'order', steps: [{ id: 'a', handler }] });
    const state = { ...fold(completed('a')), status: 'running' as const };
    expect(nextAction(shorter, state)).toEqual({ kind: 'settle', entry: { kind: 'settled' } });
  });
});
