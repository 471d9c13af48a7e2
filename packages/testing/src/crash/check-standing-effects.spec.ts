import type { CompensateOn, EntryDraft } from '@nest-saga/core';
import { checkRun } from './check-run.js';
import type { LedgerRow } from './ledger-row.js';
import { act, call, failed, good, saga, sagaId, undo, undone, undoneCalls } from './sample-run.js';

const claimed: EntryDraft = { kind: 'claimed', from: 'running' };
const decided: EntryDraft = { kind: 'compensation-decided', undo: [] };
const unknown = { ...failed('b'), outcome: 'unknown' } as EntryDraft;

function standing(drafts: readonly EntryDraft[], ledger: readonly LedgerRow[]) {
  const evidence = { ...good, sagas: [saga('failed', drafts)], ledger, snapshots: [], watchers: [] };
  return checkRun(evidence).filter(({ rule }) => rule === 'effect-left-standing');
}

describe('the effects that a failed saga leaves', () => {
  it.each<[string, readonly EntryDraft[]]>([
    ['completed', [act('b'), decided]],
    ['timed out', [unknown]],
    ['died with its process before a cancel', [claimed, decided]],
    ['died with its process, and its repetition failed', [claimed, failed('b')]],
    ['is told of by no entry', [decided]],
  ])('are reported if an act %s and was not undone', (_name, drafts) => {
    expect(standing(drafts, [call('act', 'b', 1)])).toMatchObject([{ rule: 'effect-left-standing', sagaId }]);
  });

  it('are none in a run in which everything is undone', () => {
    expect(standing(undone.entries, undoneCalls)).toEqual([]);
  });

  it('are none of an act that is undone, however often it was called with its key', () => {
    const ledger = [call('act', 'b', 1), call('act', 'b', 5, { process: 'p2' }), call('compensate', 'b', 31)];
    expect(standing([claimed, unknown, undo('b')], ledger)).toEqual([]);
  });

  it('are reported if the undo had no effect', () => {
    const ledger = [call('act', 'b', 1), call('compensate', 'b', 31, { isEffective: false })];
    expect(standing([act('b'), decided], ledger)).toHaveLength(1);
  });

  it('are none of an act without an effect, and none that a person has settled', () => {
    expect(standing([unknown], [call('act', 'b', 1, { isEffective: false })])).toEqual([]);
    const resolved: EntryDraft = {
      kind: 'step-resolved',
      step: 'b',
      actor: 'ada',
      note: '-',
      outcome: 'done',
    };
    expect(standing([act('b'), decided, resolved], [call('act', 'b', 1)])).toEqual([]);
  });

  it('are not judged by this rule in a saga that is stuck', () => {
    const stuck = saga('stuck', [act('b'), decided]);
    const evidence = { ...good, sagas: [stuck], ledger: [call('act', 'b', 1)], snapshots: [], watchers: [] };
    expect(checkRun(evidence).map(({ rule }) => rule)).not.toContain('effect-left-standing');
  });

  it.each<[CompensateOn, number, number]>([
    ['completed', 0, 0],
    ['in-doubt', 1, 0],
    ['attempted', 1, 1],
  ])('are judged by the rule of their step: compensateOn "%s"', (compensateOn, inDoubt, thrown) => {
    const ledger = [call('act', 'b', 1, { compensateOn })];
    expect(standing([unknown], ledger)).toHaveLength(inDoubt);
    expect(standing([failed('b')], ledger)).toHaveLength(thrown);
  });
});
