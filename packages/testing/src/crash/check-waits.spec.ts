import type { EntryDraft, LoadedSaga, SagaHeader } from '@nest-saga/core';
import { checkRun } from './check-run.js';
import type { CrashEvidence } from './crash-evidence.js';
import { act, call, epoch, saga, sagaId, undo } from './sample-run.js';

const awaited = { delivery: ['delivered', 'returned'] };
const claim: EntryDraft = { kind: 'claimed', from: 'running', parked: true };
const delivered: EntryDraft = { kind: 'signal-received', name: 'delivered' };
const returned: EntryDraft = { kind: 'signal-received', name: 'returned' };
const approved: EntryDraft = { kind: 'signal-received', name: 'refund', decision: 'approved' };
const timedOut = ended('timed-out');

/** The act of `a` and the park that begins with its entry, which is due this long after it. */
function parked(dueInMs: number | undefined, name = 'delivery'): EntryDraft {
  return { ...act('a'), park: { for: 'signal', name, dueInMs } } as EntryDraft;
}

function ended(outcome: 'elapsed' | 'signal' | 'timed-out', change: object = {}): EntryDraft {
  return { kind: 'wait-ended', step: 'delivery', outcome, ...change };
}

function taken(signal: number): EntryDraft {
  return ended('signal', { signal });
}

function rulesOf(loaded: LoadedSaga, change: Partial<CrashEvidence> = {}): readonly string[] {
  const ledger = loaded.entries.flatMap((entry) =>
    entry.kind === 'act-completed'
      ? [call('act', entry.step, entry.recordedAt.getTime() - epoch - 9)]
      : entry.kind === 'compensation-completed'
        ? [call('compensate', entry.step, entry.recordedAt.getTime() - epoch - 9)]
        : [],
  );
  const acknowledgements = [{ kind: 'start', sagaId }] as const;
  const violations = checkRun({ acknowledgements, sagas: [loaded], ledger, awaited, ...change });
  return [...new Set(violations.map(({ rule }) => rule))];
}

function withHeader(loaded: LoadedSaga, change: Partial<SagaHeader>): LoadedSaga {
  return { ...loaded, header: { ...loaded.header, ...change } };
}

const park = parked(undefined);
const waiting = { for: 'signal', name: 'delivery' } as const;
const undoneByTimeout = ended('timed-out', { next: 'compensate' });
const notBefore = { deadlineAt: new Date(epoch + 35) };

describe('the checker of waits', () => {
  it.each<[string, LoadedSaga]>([
    ['by its signal', saga('completed', [park, delivered, claim, taken(2), act('b')])],
    ['by an early signal', saga('completed', [returned, act('a'), taken(1), act('b')])],
    ['by the first of two', saga('completed', [park, returned, delivered, claim, taken(2), act('b')])],
    ['by its time', saga('completed', [parked(10), claim, timedOut, act('b')])],
    [
      'by its time, before its signal came',
      saga('completed', [parked(10), claim, timedOut, delivered, act('b')]),
    ],
    ['by a timeout that compensates', saga('failed', [parked(10), claim, undoneByTimeout, undo('a')])],
  ])('finds nothing wrong with a wait that ended %s', (_name, loaded) => {
    expect(rulesOf(loaded)).toEqual([]);
  });

  it.each<[string, string, LoadedSaga]>([
    [
      'wait-ended-twice',
      'a wait that ended twice',
      saga('completed', [park, delivered, claim, taken(2), timedOut]),
    ],
    ['wrong-signal', 'a signal that was taken twice', saga('completed', [delivered, taken(1), taken(1)])],
    [
      'wrong-signal',
      'a signal that came later',
      saga('completed', [park, claim, taken(4), delivered, act('b')]),
    ],
    ['wrong-signal', 'an entry that is no signal', saga('completed', [park, claim, taken(1), act('b')])],
    [
      'wrong-signal',
      'a second signal before the first',
      saga('completed', [delivered, delivered, taken(2), act('b')]),
    ],
    [
      'wrong-signal',
      'a later signal of another name',
      saga('completed', [delivered, returned, taken(2), act('b')]),
    ],
    [
      'signal-missed',
      'a timeout in spite of a signal',
      saga('completed', [parked(10), delivered, claim, timedOut]),
    ],
    [
      'signal-missed',
      'a timeout in spite of a decision',
      saga('completed', [parked(10, 'refund'), approved, claim, ended('timed-out', { step: 'refund' })]),
    ],
    ['wait-too-short', 'a wait that ended before its time', saga('completed', [parked(21), claim, timedOut])],
    [
      'signal-recorded-twice',
      'one signal that was recorded twice',
      saga('completed', [act('a'), ...[1, 2].map(() => ({ ...delivered, dedupeId: 'd' })), act('b')]),
    ],
    [
      'act-after-decision',
      'a step after a wait that ended with the decision to compensate',
      saga('failed', [parked(10), claim, undoneByTimeout, act('b'), undo('b'), undo('a')]),
    ],
  ])('reports %s: %s', (rule, _name, loaded) => {
    expect(rulesOf(loaded)).toContain(rule);
  });

  it('reports a parked saga that has an owner, and one whose header says something else than its journal', () => {
    const final = saga('completed', [park, delivered, claim, taken(2), act('b')]);
    const seen = (count: number, change: Partial<SagaHeader>): readonly string[] =>
      rulesOf(final, {
        snapshots: [withHeader(saga('running', final.entries.slice(0, count)), change)],
      });
    expect(seen(1, { waiting })).toEqual([]);
    expect(seen(1, { waiting, owner: 'w1' })).toEqual(['owned-while-parked']);
    expect(seen(1, {})).toEqual(['park-not-of-journal']);
    expect(seen(3, { owner: 'w1' })).toEqual([]);
    expect(seen(3, { waiting })).toEqual(['park-not-of-journal']);
  });

  it('reports a signal that was acknowledged and is not in the journal', () => {
    const loaded = saga('completed', [park, delivered, claim, taken(2), act('b')]);
    const acknowledged = (name: string, dedupeId?: string) =>
      rulesOf(loaded, {
        acknowledgements: [{ kind: 'signal', sagaId, name, ...(dedupeId === undefined ? {} : { dedupeId }) }],
      });
    expect(acknowledged('delivered')).toEqual([]);
    expect(acknowledged('returned')).toEqual(['acknowledged-lost']);
    expect(acknowledged('delivered', 'd')).toEqual(['acknowledged-lost']);
  });

  it('takes a cancel as kept by a wait that ended with the decision to compensate', () => {
    const loaded = saga('failed', [parked(10), claim, undoneByTimeout, undo('a')]);
    expect(rulesOf(loaded, { acknowledgements: [{ kind: 'cancel', sagaId }] })).toEqual([]);
  });
});

describe('the checker of deadlines', () => {
  const decided: EntryDraft = { kind: 'compensation-decided', undo: [] };
  const passed: EntryDraft = { kind: 'deadline-passed' };

  it('finds nothing wrong with a saga that was undone after its deadline', () => {
    const late = saga('failed', [
      act('a'),
      act('b'),
      act('c'),
      passed,
      decided,
      undo('c'),
      undo('b'),
      undo('a'),
    ]);
    expect(rulesOf(withHeader(late, notBefore))).toEqual([]);
  });

  it('reports a deadline that passed too early, and an act that began after it', () => {
    const loaded = saga('failed', [act('a'), passed, decided, undo('a')]);
    expect(rulesOf(withHeader(loaded, notBefore))).toEqual(['deadline-too-early']);
    const late = saga('failed', [act('a'), act('b'), act('c'), passed, act('d'), decided]);
    expect(rulesOf(withHeader(late, notBefore))).toContain('ran-past-deadline');
  });

  it('reports every act of a saga that was first claimed after its deadline', () => {
    const drafts = [{ kind: 'claimed', from: 'pending' }, act('a')] as const;
    const loaded = saga('completed', drafts);
    expect(rulesOf(withHeader(loaded, { deadlineAt: new Date(epoch + 10) }))).toEqual(['ran-past-deadline']);
    expect(rulesOf(withHeader(loaded, { deadlineAt: new Date(epoch + 11) }))).toEqual([]);
  });
});
