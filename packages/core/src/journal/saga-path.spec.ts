import { applyEntry } from './apply-entry.js';
import { foldJournal, initialState } from './fold-journal.js';
import type { EntryDraft } from './journal-entry.js';
import type { SagaPath } from './saga-path.js';
import { SagaStatus } from './saga-status.js';

const at = new Date(0);
const attempt = { attempt: 1, startedAt: at, finishedAt: at };
const completed = (step: string, path?: SagaPath): EntryDraft => ({
  kind: 'act-completed',
  step,
  ...attempt,
  ...(path === undefined ? {} : { path }),
});
const gift: SagaPath = { skipped: ['wrap', 'card'], decisions: { gift: false } };

describe('a path in a journal', () => {
  it('skips the stages that it names, and keeps what was decided', () => {
    const state = applyEntry(initialState('{}'), completed('reserve', gift));

    expect(state).toMatchObject({ stage: 3, decisions: { gift: false } });
    expect(state.named).toMatchObject([
      { step: 'reserve', stage: 0 },
      { step: 'wrap', stage: 1 },
      { step: 'card', stage: 2 },
    ]);
    expect(state.undo.map(({ step }) => step)).toEqual(['reserve']);
  });

  it('is taken from the start, too', () => {
    const header = { context: '{}', status: SagaStatus.Running, stuck: undefined, path: gift };

    const state = foldJournal(header, []);

    expect(state).toMatchObject({ seq: 0, stage: 2, decisions: { gift: false } });
  });

  it('keeps earlier decisions beside later ones', () => {
    const one = applyEntry(initialState('{}'), completed('reserve', { decisions: { gift: true } }));
    const other = applyEntry(one, completed('wrap', { decisions: { pay: 'card' } }));

    expect(other.decisions).toEqual({ gift: true, pay: 'card' });
    expect(one.decisions).toEqual({ gift: true });
  });

  it('that an owner decides later means that the act of the stage cannot have begun', () => {
    const claimed: EntryDraft = { kind: 'claimed', from: 'running' };
    const before = [completed('reserve'), claimed].reduce(applyEntry, initialState('{}'));

    const state = applyEntry(before, { kind: 'path-decided', path: { decisions: { gift: true } } });

    expect(before.branches[0]?.priorOutcome).toBe('unknown');
    expect(state.branches[0]?.priorOutcome).toBeUndefined();
  });

  it('has no effect on a saga that is being undone', () => {
    const decided: EntryDraft = { kind: 'compensation-decided', undo: [] };
    const before = [completed('reserve'), decided].reduce(applyEntry, initialState('{}'));

    const state = applyEntry(before, { kind: 'path-decided', path: gift });

    expect(state).toMatchObject({ stage: 1, decisions: {} });
  });
});
