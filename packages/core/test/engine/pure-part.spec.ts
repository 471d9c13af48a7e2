import fc from 'fast-check';
import { applyEntry, foldJournal, initialState, nextActions, stepsOf } from '../../src/engine.js';
import { isTerminal } from '../../src/index.js';
import type { SagaState } from '../../src/engine.js';
import type { EntryDraft, JournalEntry } from '../../src/index.js';
import {
  at,
  effectsOf,
  undoneFirstIn,
  PureExecution,
  repeated,
  resolvedIn,
  started,
  undosOf,
} from './pure-execution.js';
import { cases } from './random-sagas.js';
import type { Case } from './random-sagas.js';

const runs = { numRuns: 3_000 };

const runOf = ({ definition, script, requests }: Case): PureExecution =>
  new PureExecution().run(definition, script, requests);

/** The states of a watcher, entry by entry. */
function statesOf(entries: readonly JournalEntry[]): readonly SagaState[] {
  let state = initialState('{}');
  return entries.map((entry) => {
    state = applyEntry(state, entry);
    return state;
  });
}

function endOf(one: Case): SagaState {
  return statesOf(runOf(one).entries).at(-1) ?? initialState('{}');
}

describe('the pure part of the engine', () => {
  it('starts no act once the decision to compensate is in the journal', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { entries } = runOf(one);
        const decided = statesOf(entries).findIndex(({ direction }) => direction === 'backward');
        const later = decided < 0 ? [] : entries.slice(decided + 1);
        expect(later.filter(({ kind }) => kind === 'act-completed' || kind === 'act-failed')).toEqual([]);
      }),
      runs,
    );
  });

  it('compensates in the exact reverse order of what is to be undone', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { entries } = runOf(one);
        const isGivenUp = entries.some(
          (entry) => entry.kind === 'compensation-failed' && entry.next !== 'retry',
        );
        const undone = entries.flatMap((entry) =>
          entry.kind === 'compensation-completed' ||
          (entry.kind === 'compensation-failed' && entry.next === 'continue')
            ? [entry.step]
            : [],
        );
        // Each of these was replaced by its alternative, before a compensation was decided.
        const first = undoneFirstIn(entries);
        const expected = effectsOf(entries)
          .filter((step) => !first.includes(step))
          .toReversed();
        const { status } = endOf(one);
        const count = undone.length - first.length;
        const undoneAtEnd = { failed: expected, completed: [], stuck: expected.slice(0, count) };
        expect(undoneAtEnd).toHaveProperty(
          status,
          undone.filter((step) => !first.includes(step)),
        );
        expect(status === 'stuck').toBe(isGivenUp);
      }),
      runs,
    );
  });

  it('leaves no step that was begun, if those that were attempted are undone', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { entries } = runOf(one);
        const attempted = one.definition.stages
          .flatMap(stepsOf)
          .filter(({ compensateOn }) => compensateOn === 'attempted');
        const isBegun = (id: string): boolean =>
          entries.some(
            (entry) => entry.kind === 'act-failed' && entry.step === id && entry.error.message !== 'refused',
          );
        const isDone = (id: string): boolean =>
          entries.some((entry) => entry.kind === 'act-completed' && entry.step === id);
        const { direction } = endOf(one);
        const begun = direction === 'forward' ? [] : attempted.filter(({ id }) => isBegun(id) && !isDone(id));
        expect(effectsOf(entries)).toEqual(expect.arrayContaining(begun.map(({ id }) => id)));
      }),
      runs,
    );
  });

  it('never says that a step failed of which an attempt timed out', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { entries } = runOf(one);
        const timedOut = entries.flatMap((entry) =>
          entry.kind === 'act-failed' && entry.outcome === 'unknown' ? [entry.step] : [],
        );
        const toUndo = statesOf(entries).flatMap(({ undo }) => undo);
        const failed = toUndo.flatMap(({ step, outcome }) => (outcome === 'failed' ? [step] : []));
        expect(failed.filter((step) => timedOut.includes(step))).toEqual([]);
      }),
      runs,
    );
  });

  it('ends FAILED only with a reason, and COMPLETED only with every stage done', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const end = endOf(one);
        const isCompleted = end.status === 'completed';
        // It can be STUCK on its way forward, too: an alternative does not begin while its primary cannot be undone.
        expect(end.failure === undefined).toBe(end.direction === 'forward');
        expect(isCompleted && end.direction === 'backward').toBe(false);
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
        const end = endOf(one);
        fc.pre(isTerminal(end.status));
        const { seq: _, ...after } = applyEntry(end, draft);
        expect(end).toMatchObject(after);
        expect(nextActions(one.definition, end)).toEqual([]);
      }),
      runs,
    );
  });

  it('comes to the same end from every prefix of a journal', () => {
    fc.assert(
      fc.property(cases, fc.nat(), (one, cut) => {
        const whole = runOf(one);
        const prefix = whole.cut(cut % (whole.entries.length + 1));
        expect(prefix.run(one.definition, one.script, one.requests)).toEqual(whole);
      }),
      runs,
    );
  });

  it('reads from every prefix of a journal what was known when its last entry was written', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const whole = runOf(one);
        const read = whole.entries.map(({ seq }) => whole.cut(seq).state);
        expect(read).toEqual(statesOf(whole.entries));
      }),
      { numRuns: 1_000 },
    );
  });

  it('says the status in each entry that changes it, and in no other', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { entries } = runOf(one);
        const statuses = statesOf(entries).map(({ status }) => status);
        const changes = statuses.map((status, index) =>
          status === (index === 0 ? 'running' : statuses[index - 1]) ? undefined : status,
        );
        expect(entries.map(({ status }) => status)).toEqual(changes);
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
          { kind: 'compensation-decided', undo: [] },
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
        const state = foldJournal(started, entries);
        const kind = nextActions(one.definition, state)[0]?.kind;
        expect(['act', 'compensate', 'wait', 'record']).toContain(kind);
      }),
      runs,
    );
  });
});

describe('a stuck saga', () => {
  it('continues to an end if an operator retries it, resolves its steps or cancels it, in any order', () => {
    fc.assert(
      fc.property(
        cases,
        fc.array(fc.nat(20), { maxLength: 6 }),
        ({ definition, script, requests }, asked) => {
          const execution = new PureExecution().run(definition, script, requests);
          fc.pre(execution.header.status === 'stuck');
          for (const choice of asked) {
            if (execution.header.status !== 'stuck') break;
            execution.ask(definition, choice).claim(definition).run(definition, script);
          }
          const { header, entries } = execution.resumeAll(definition, [0]);
          const gone = [...undosOf(entries), ...resolvedIn(entries)];
          expect(repeated(gone)).toEqual([]);
          const first = undoneFirstIn(entries);
          const isCompleted = header.status === 'completed';
          expect(header.status).toBe(isCompleted && first.length > 0 ? 'completed' : 'failed');
          expect(gone.toSorted()).toEqual((isCompleted ? first : effectsOf(entries)).toSorted());
        },
      ),
      runs,
    );
  });
});
