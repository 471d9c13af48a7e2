import { defineSaga } from '../definition/define-saga.js';
import { parallel } from '../definition/parallel.js';
import { fits } from './fits.js';
import { foldJournal } from './fold-journal.js';
import type { EntryDraft, JournalEntry } from './journal-entry.js';
import type { SagaState } from './saga-state.js';
import { isSettling } from './saga-state.js';
import { orderedLayer } from './stage-branches.js';
import { openSteps } from './stage-steps.js';

const at = new Date(0);
const handler = () => ({ act: () => undefined, compensate: () => undefined });
const step = (id: string) => ({ id, handler });
const attempt = { attempt: 1, startedAt: at, finishedAt: at } as const;
const error = { name: 'Error', message: 'closed' };
const branches = ['a', 'b', 'c'];

const done = (id: string, more: object = {}): EntryDraft => ({
  kind: 'act-completed',
  step: id,
  branch: id,
  branches,
  ...attempt,
  response: `"${id}"`,
  ...more,
});
const failed = (
  id: string,
  next: 'retry' | 'compensate' | 'alternative' | 'undo-first',
  more: object = {},
): EntryDraft => ({
  kind: 'act-failed',
  step: id,
  branch: id,
  branches,
  ...attempt,
  error,
  outcome: 'failed',
  next,
  undo: false,
  ...more,
});
const claim: EntryDraft = { kind: 'claimed', from: 'running' };

const fold = (...drafts: readonly EntryDraft[]): SagaState =>
  foldJournal(
    { context: '{}', status: 'running', stuck: undefined },
    drafts.map((draft, index): JournalEntry => ({ ...draft, seq: index + 1, worker: 'w', recordedAt: at })),
  );

const doubts = (state: SagaState) =>
  state.branches.map(({ branch, end, priorOutcome }) => `${branch} ${end ?? priorOutcome ?? 'open'}`);

describe('a stage with branches in the journal', () => {
  it('is done when every branch has completed in any order, with the context of the last entry', () => {
    const two = fold(done('c'), done('a'));
    expect([two.stage, two.context]).toEqual([0, '{}']);
    const three = fold(done('c'), done('a'), done('b', { context: '{"joined":1}' }));
    expect([three.stage, three.context, three.undo.map((item) => item.step)]).toEqual([
      1,
      '{"joined":1}',
      ['c', 'a', 'b'],
    ]);
  });

  it('counts the attempts of each branch by itself, and a progress of any of them ends the count of recoveries', () => {
    const state = fold(claim, claim, failed('a', 'retry'), done('b'), failed('a', 'retry', { attempt: 2 }));
    expect(state.branches.map(({ failedAttempts }) => failedAttempts)).toEqual([2, 0, 0]);
    expect(state.recoveries).toBe(0);
  });

  it('has exactly the open branches in doubt after a claim', () => {
    expect(doubts(fold(done('b'), claim))).toEqual(['a unknown', 'b completed', 'c unknown']);
    expect(fold(claim).branches).toMatchObject([{ branch: undefined, priorOutcome: 'unknown' }]);
    expect(doubts(fold(claim, done('b')))).toEqual(['a unknown', 'b completed', 'c unknown']);
  });

  it('has in doubt what an orderly release names', () => {
    const released = (...begun: readonly string[]): EntryDraft => ({
      kind: 'released',
      reason: 'shutdown',
      begun,
    });
    expect(doubts(fold(done('b'), released('c'), claim))).toEqual(['a open', 'b completed', 'c unknown']);
    expect(doubts(fold(done('b'), released(), claim))).toEqual(['a open', 'b completed', 'c open']);
  });

  it('has no branch in doubt that waited for its next attempt', () => {
    const retryAt = new Date(60_000);
    const state = fold(failed('a', 'retry', { retryAt }), claim);
    expect(doubts(state)).toEqual(['a failed', 'b unknown', 'c unknown']);
    expect([state.recoveries, state.branches[0]?.retryDelayMs]).toEqual([1, 60_000]);
    expect(fold(done('b'), done('c'), failed('a', 'retry', { retryAt }), claim).recoveries).toBe(0);
  });

  it('turns at the first final failure, and takes what its siblings did into the undo', () => {
    const turned = fold(done('a'), failed('b', 'compensate'));
    expect([turned.direction, isSettling(turned)]).toEqual(['backward', true]);
    const settled = fold(done('a'), failed('b', 'compensate'), done('c'));
    expect([isSettling(settled), settled.undo.map((item) => item.step)]).toEqual([false, ['a', 'c']]);
    expect(settled.failure).toMatchObject({ step: 'b' });
  });

  it('keeps the first failure, and the effects of those that fail after it and may be there', () => {
    const state = fold(
      failed('b', 'compensate'),
      failed('a', 'compensate', { undo: true, outcome: 'unknown' }),
      done('c'),
    );
    expect(state.failure).toMatchObject({ step: 'b' });
    expect(state.undo.map((item) => `${item.step} ${item.outcome}`)).toEqual(['a unknown', 'c completed']);
  });

  it('begins the undo when the branches that no worker runs are abandoned', () => {
    const state = fold(
      failed('b', 'compensate'),
      { kind: 'claimed', from: 'compensating' },
      {
        kind: 'branches-abandoned',
        steps: ['a', 'c'],
        undo: [{ step: 'c', outcome: 'unknown' }],
      },
    );
    expect([isSettling(state), state.undo.map((item) => item.step)]).toEqual([false, ['c']]);
    expect(state.named.map((item) => item.step)).toEqual(['b', 'c', 'a', 'c']);
  });

  it('undoes one primary before its alternative while the other branches go on', () => {
    const first = fold(failed('a', 'undo-first', { undo: true, outcome: 'unknown' }), done('b'));
    expect([first.isUndoingFirst, first.branches[0]?.isUndoingFirst]).toEqual([false, true]);
    const undone = fold(failed('a', 'undo-first', { undo: true, outcome: 'unknown' }), done('b'), {
      kind: 'compensation-completed',
      step: 'a',
      branch: 'a',
      ...attempt,
    });
    expect(undone.branches[0]).toMatchObject({ isAlternative: true, isUndoingFirst: false });
    expect(undone.undo.map((item) => item.step)).toEqual(['b']);
  });

  const definition = defineSaga({
    name: 'order',
    steps: [step('first'), parallel('prepare', [step('a'), step('b'), step('c')]), step('last')],
  });
  const inSecond = (...drafts: readonly EntryDraft[]) =>
    fold({ kind: 'act-completed', step: 'first', ...attempt }, ...drafts);

  it('is undone in reverse of the declared order, whatever completed first', () => {
    const state = inSecond(done('c'), done('a'), failed('b', 'compensate'));
    expect(orderedLayer(definition, state).map((item) => item.step)).toEqual(['a', 'c']);
  });

  it('fits a definition with the same set of branches in any order, and no other', () => {
    const state = inSecond(done('c'));
    const other = (...ids: readonly string[]) =>
      defineSaga({ name: 'order', steps: [step('first'), parallel('prepare', ids.map(step)), step('last')] });
    expect(fits(definition, state)).toBeUndefined();
    expect(fits(other('c', 'b', 'a'), state)).toBeUndefined();
    expect(fits(other('a', 'b', 'c', 'd'), state)).toContain('has others');
    expect(fits(other('c', 'b'), state)).toContain('has others');
    expect(fits(defineSaga({ name: 'order', steps: [step('first'), step('c')] }), state)).toContain('others');
  });

  it('lets an operator resolve each open branch', () => {
    const stuck: EntryDraft = { kind: 'stuck', reason: 'recovery-exhausted', message: 'died' };
    expect(openSteps(definition, inSecond(done('b'), stuck))).toEqual(['a', 'c']);
    const resolved = inSecond(done('b'), stuck, {
      kind: 'step-resolved',
      step: 'a',
      branch: 'a',
      branches,
      actor: 'ada',
      note: 'seen',
      outcome: 'not-done',
    });
    expect([resolved.direction, isSettling(resolved)]).toEqual(['backward', true]);
  });
});
