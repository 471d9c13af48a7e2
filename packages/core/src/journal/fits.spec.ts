import { defineSaga } from '../definition/define-saga.js';
import { fallback } from '../definition/fallback.js';
import { fits } from './fits.js';
import { foldJournal } from './fold-journal.js';
import type { EntryDraft, JournalEntry } from './journal-entry.js';
import type { SagaState } from './saga-state.js';

const at = new Date(0);
const handler = () => ({ act: () => undefined, compensate: () => undefined });
const attempt = { attempt: 1, startedAt: at, finishedAt: at } as const;
const error = { name: 'Error', message: 'closed' };

const completed = (step: string): EntryDraft => ({ kind: 'act-completed', step, ...attempt, context: '{}' });
const failed = (step: string, next: 'retry' | 'alternative' | 'compensate'): EntryDraft => ({
  kind: 'act-failed',
  step,
  ...attempt,
  error,
  outcome: 'failed',
  next,
  undo: false,
});
const undone = (step: string): EntryDraft => ({
  kind: 'compensation-completed',
  step,
  ...attempt,
  context: '{}',
});

const fold = (...drafts: readonly EntryDraft[]): SagaState =>
  foldJournal(
    { context: '{}', status: 'running', stuck: undefined },
    drafts.map((draft, index): JournalEntry => ({ ...draft, seq: index + 1, worker: 'w', recordedAt: at })),
  );

describe('a journal', () => {
  const steps = (...ids: readonly string[]) => ids.map((id) => ({ id, handler }));
  const definition = defineSaga({ name: 'order', steps: steps('a', 'b') });

  it.each<[string, readonly EntryDraft[]]>([
    ['nothing has happened', []],
    ['its steps stand where they stood', [completed('a'), completed('b')]],
    ['a step of it was tried', [completed('a'), failed('b', 'retry')]],
    ['its steps were undone', [completed('a'), failed('b', 'compensate'), undone('a')]],
  ])('fits the steps of a definition if %s', (_when, drafts) => {
    expect(fits(definition, fold(...drafts))).toBeUndefined();
  });

  it('fits if a step has another id by now and the former one is an alias', () => {
    const renamed = defineSaga({ name: 'order', steps: [{ id: 'first', aliases: ['a'], handler }] });
    expect(fits(renamed, fold(completed('a')))).toBeUndefined();
  });

  it.each<[string, readonly EntryDraft[], string]>([
    ['has completed elsewhere', [completed('b')], '"b" at place 1, where the definition has "a"'],
    [
      'was taken out',
      [completed('a'), completed('b'), completed('c')],
      '"c" at place 3, where the definition has none',
    ],
    ['was only tried', [completed('a'), failed('c', 'retry')], '"c" at place 2'],
    ['failed without an effect', [completed('a'), failed('c', 'compensate')], '"c" at place 2'],
    ['is undone already', [completed('c'), failed('b', 'compensate'), undone('c')], '"c" at place 1'],
    ['acts behind the decision to compensate', [failed('a', 'compensate'), completed('b')], '"b" where no'],
    ['is undone out of turn', [completed('a'), completed('b'), undone('a')], '"a" where no'],
  ])('does not fit if it has a step that %s', (_what, drafts, problem) => {
    expect(fits(definition, fold(...drafts))).toContain(problem);
  });

  it('does not fit if it chose an alternative that is not there', () => {
    const alternative = fallback({ id: 'a', handler }, { id: 'else', handler });
    const chosen = fold(failed('a', 'alternative'));
    expect(fits(defineSaga({ name: 'order', steps: [alternative] }), chosen)).toBeUndefined();
    expect(fits(definition, chosen)).toContain('an alternative at place 1');
  });

  it('needs no list of its own for its steps as long as all of them would be undone', () => {
    const state = fold(completed('a'), completed('b'));
    expect(state.named).toBe(state.undo);
  });
});
