import { defineSaga } from '../definition/define-saga.js';
import { foldJournal } from '../journal/fold-journal.js';
import type { EntryDraft, JournalEntry } from '../journal/journal-entry.js';
import type { SagaState } from '../journal/saga-state.js';
import { nextActions } from './next-actions.js';

const at = new Date(0);
const hourMs = 3_600_000;
const handler = () => ({ act: () => undefined, compensate: () => undefined });

describe('nextActions', () => {
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
      { context: '{}', status: 'running', stuck: undefined },
      drafts.map((draft, index): JournalEntry => ({ seq: index + 1, worker: 'w', recordedAt: at, ...draft })),
    );
  const claim: EntryDraft = { kind: 'claimed', from: 'running' };

  const elsewhere: readonly (readonly [string, readonly EntryDraft[]])[] = [
    ['whose step stands elsewhere', [completed('b')]],
    ['that has more steps', [completed('a'), completed('b'), completed('c')]],
    [
      'whose cancel found another step begun',
      [completed('a'), { kind: 'compensation-decided', undo: [{ step: 'c', outcome: 'unknown' }] }],
    ],
    [
      'whose step was done by hand elsewhere',
      [completed('a'), { kind: 'step-resolved', step: 'c', actor: 'ada', note: 'by hand', outcome: 'done' }],
    ],
  ];
  it.each(elsewhere)('never guesses: a journal %s is marked with definition-mismatch', (_name, drafts) => {
    expect(nextActions(definition, fold(...drafts))).toMatchObject([
      {
        kind: 'record',
        entry: { kind: 'stuck', reason: 'definition-mismatch' },
      },
    ]);
  });

  it('marks a saga with recovery-exhausted after more claims without progress than are allowed', () => {
    expect(nextActions(definition, fold(claim, claim))).toMatchObject([{ kind: 'act' }]);
    expect(nextActions(definition, fold(claim, claim, claim))).toMatchObject([
      {
        kind: 'record',
        entry: { kind: 'stuck', reason: 'recovery-exhausted' },
      },
    ]);
  });

  it('undoes a cancelled saga that it would otherwise mark with recovery-exhausted: no act is run for it any more', () => {
    const cancel: EntryDraft = { kind: 'cancel-requested', reason: 'the customer called' };
    expect(nextActions(definition, fold(claim, claim, cancel, claim))).toMatchObject([
      {
        kind: 'record',
        entry: { kind: 'compensation-decided' },
      },
    ]);
  });

  it('counts neither the first claim of a queued saga nor a claim after an orderly release', () => {
    const released: EntryDraft = { kind: 'released', reason: 'shutdown' };
    expect(fold({ kind: 'claimed', from: 'pending' }, released, claim, released, claim).recoveries).toBe(0);
  });

  describe('while the saga waits for its next attempt', () => {
    const failed: EntryDraft = {
      kind: 'act-failed',
      step: 'a',
      attempt: 1,
      startedAt: new Date(hourMs),
      finishedAt: new Date(hourMs),
      retryAt: new Date(hourMs + 60_000),
      error: { name: 'Error', message: 'closed' },
      outcome: 'failed',
      next: 'retry',
      undo: false,
    };
    const foldAt = (...drafts: readonly (readonly [moment: number, draft: EntryDraft])[]): SagaState =>
      foldJournal(
        { context: '{}', status: 'running', stuck: undefined },
        drafts.map(([moment, draft], index): JournalEntry => ({
          seq: index + 1,
          worker: 'w',
          recordedAt: new Date(moment),
          ...draft,
        })),
      );

    it('counts no claim that came before the wait was over by the clock of the storage', () => {
      const early = foldAt([0, failed], [1_000, claim], [30_000, claim], [59_999, claim]);
      expect(early).toMatchObject({ recoveries: 0, branches: [{ priorOutcome: 'failed' }] });
      expect(nextActions(definition, early)).toMatchObject([{ kind: 'wait', forMs: 1 }]);
      const late = foldAt([0, failed], [1_000, claim], [60_000, claim]);
      expect(late).toMatchObject({ recoveries: 1, branches: [{ priorOutcome: 'unknown' }] });
      expect(nextActions(definition, late)).toMatchObject([{ kind: 'act', attempt: 2 }]);
      expect(foldAt([0, failed], [60_000, claim], [61_000, claim])).toMatchObject({ recoveries: 2 });
    });

    it('counts a claim before that if an operator resumed the saga: its step may have run since', () => {
      const stuck: EntryDraft = { kind: 'stuck', reason: 'definition-mismatch', message: 'other steps' };
      const retry: EntryDraft = { kind: 'retry-requested', actor: 'ada' };
      const goesOn = [
        [0, failed],
        [1_000, claim],
        [1_001, stuck],
        [2_000, retry],
        [3_000, claim],
      ] as const;
      expect(nextActions(definition, foldAt(...goesOn))).toMatchObject([{ kind: 'act', attempt: 2 }]);
      expect(foldAt(...goesOn, [4_000, claim])).toMatchObject({
        recoveries: 1,
        branches: [{ priorOutcome: 'unknown' }],
      });
    });

    it('runs nothing of a parked saga before a claim, whatever the request; that claim does not count', () => {
      const parked: EntryDraft = { ...failed, park: { for: 'retry', name: 'a', dueInMs: 60_000 } };
      const cancel: EntryDraft = { kind: 'cancel-requested', reason: 'the customer called' };
      const taken: EntryDraft = { kind: 'claimed', from: 'running', parked: true };
      expect(nextActions(definition, foldAt([0, parked]))).toEqual([]);
      const asked = foldAt([0, parked], [1_000, cancel]);
      expect(asked.park).toEqual({ for: 'retry', name: 'a', dueInMs: 0 });
      expect(nextActions(definition, asked)).toEqual([]);
      expect(nextActions(definition, foldAt([0, parked], [1_000, cancel], [1_001, taken]))).toMatchObject([
        {
          entry: { kind: 'compensation-decided' },
        },
      ]);
      const goesOn = foldAt([0, parked], [60_000, taken]);
      expect(goesOn).toMatchObject({
        recoveries: 0,
        branches: [{ priorOutcome: 'failed' }],
        park: undefined,
      });
      expect(nextActions(definition, goesOn)).toMatchObject([{ kind: 'act', attempt: 2 }]);
      expect(foldAt([0, parked], [60_000, taken], [61_000, claim])).toMatchObject({
        recoveries: 1,
        branches: [{ priorOutcome: 'unknown' }],
      });
    });
  });

  it('starts the count again with every step that is done', () => {
    expect(fold(claim, claim, completed('a'), claim).recoveries).toBe(1);
  });

  it('completes a journal whose trailing steps were taken out of the definition', () => {
    const shorter = defineSaga({ name: 'order', steps: [{ id: 'a', handler }] });
    const state = fold(completed('a'), claim);
    expect(state).toMatchObject({ status: 'running', claimSeq: 2, recoveries: 1 });
    expect(nextActions(shorter, state)).toEqual([{ kind: 'record', entry: { kind: 'settled' } }]);
  });
});
