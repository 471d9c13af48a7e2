import type { EntryDraft } from '@nest-saga/core';
import { checkRun } from './check-run.js';
import type { LedgerRow } from './ledger-row.js';
import { act, call, failed, good, saga, sagaId, undo } from './sample-run.js';

const pivot = (step: string) => ({ ...act(step), pivot: true }) as EntryDraft;
const unknown = (step: string, next: string) => ({ ...failed(step), outcome: 'unknown', next }) as EntryDraft;
const cancelled: EntryDraft = { kind: 'cancel-requested', reason: 'changed my mind' };
const decided: EntryDraft = { kind: 'compensation-decided', undo: [] };

const rules = ['undone-past-pivot', 'undone-in-doubt', 'forward-signalled'];

function problems(drafts: readonly EntryDraft[], ledger: readonly LedgerRow[]) {
  const evidence = { ...good, sagas: [saga('stuck', drafts)], ledger, snapshots: [], watchers: [] };
  return checkRun(evidence).filter(({ rule }) => rules.includes(rule));
}

const forward = (step: string, at: number, more: Partial<LedgerRow> = {}) =>
  call('act', step, at, { isForward: true, ...more });

describe('the point of no return', () => {
  it('is kept by a saga that goes forward after it, whatever was requested', () => {
    const drafts = [act('a'), cancelled, pivot('b'), act('c')];
    expect(problems(drafts, [call('act', 'a', 1), forward('b', 11), forward('c', 31)])).toEqual([]);
  });

  it('is kept by a saga that is undone before it, and by one whose pivot was refused', () => {
    expect(problems([act('a'), cancelled, decided, undo('a')], [call('compensate', 'a', 31)])).toEqual([]);
    expect(
      problems([act('a'), failed('b'), undo('a')], [forward('b', 11), call('compensate', 'a', 31)]),
    ).toEqual([]);
  });

  it('is broken by a compensation after it', () => {
    const ledger = [call('act', 'a', 1), forward('b', 11), call('compensate', 'a', 31)];
    expect(problems([act('a'), pivot('b'), decided, undo('a')], ledger)).toMatchObject([
      { rule: 'undone-past-pivot', sagaId },
    ]);
  });

  it('is broken by an undo while it is unknown whether it was passed', () => {
    const ledger = [call('act', 'a', 1), forward('b', 11)];
    expect(problems([act('a'), unknown('b', 'compensate')], ledger)).toMatchObject([
      { rule: 'undone-in-doubt' },
    ]);
    expect(problems([act('a'), unknown('b', 'retry'), cancelled, decided], ledger)).toMatchObject([
      { rule: 'undone-in-doubt' },
    ]);
  });

  it('is not broken by a person who knows that the act has no effect', () => {
    const resolved: EntryDraft = {
      kind: 'step-resolved',
      step: 'b',
      actor: 'ada',
      note: '-',
      outcome: 'not-done',
    };
    expect(problems([act('a'), unknown('b', 'halt'), resolved], [forward('b', 11)])).toEqual([]);
  });

  it.each([
    ['cancelled', 1],
    ['deadline', 1],
    ['timeout', 0],
    ['shutdown', 0],
  ])('is not reached in peace if the signal of its act fires with "%s"', (abortedBy, count) => {
    expect(problems([act('a'), pivot('b')], [forward('b', 11, { abortedBy })])).toHaveLength(count);
    expect(problems([act('a')], [call('act', 'a', 1, { abortedBy })])).toEqual([]);
  });
});
