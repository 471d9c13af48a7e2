import type { EntryDraft, LoadedSaga, SagaHeader, StepOutcome } from '@nest-saga/core';
import { checkRun } from './check-run.js';
import type { CrashEvidence } from './crash-evidence.js';
import type { LedgerRow } from './ledger-row.js';
import { act, call, epoch, failed, good, saga, sagaId, undo, undone, undoneCalls } from './sample-run.js';

const unseen = { snapshots: [], watchers: [] };

function attempt(outcome: StepOutcome, next: 'retry' | 'compensate'): EntryDraft {
  return { ...failed('a'), outcome, next, undo: next !== 'retry' } as EntryDraft;
}

function rulesOf(evidence: Partial<CrashEvidence>): readonly string[] {
  return [...new Set(checkRun({ ...good, ...evidence }).map(({ rule }) => rule))];
}

/** The good run with one changed call. */
function withCall(index: number, change: Partial<LedgerRow>): Partial<CrashEvidence> {
  return { ledger: undoneCalls.map((row, at) => (at === index ? { ...row, ...change } : row)) };
}

describe('the checker of crash runs', () => {
  it('finds nothing wrong with a good run', () => {
    expect(checkRun(good)).toEqual([]);
  });

  it('takes repeats of a call by another process, once the first one is dead, for what they are', () => {
    const died = call('act', 'a', 1, { endedAt: undefined, isEffective: false });
    const repeated = call('act', 'a', 60, { process: 'p2' });
    const entries = saga('completed', [{ kind: 'claimed', from: 'running' }, act('a')], 'w2').entries.map(
      (entry) => ({ ...entry, recordedAt: new Date(epoch + 50 + 10 * entry.seq) }),
    );
    expect(
      rulesOf({
        sagas: [{ ...saga('completed', []), entries }],
        ledger: [died, repeated],
        leases: [
          { process: 'p1', validFrom: epoch, validUntil: epoch + 50 },
          { process: 'p2', validFrom: epoch, validUntil: epoch + 1_000 },
        ],
        snapshots: [],
        watchers: [],
      }),
    ).toEqual([]);
  });

  it.each<[string, Partial<CrashEvidence>]>([
    ['acknowledged-lost', { acknowledgements: [{ kind: 'start', sagaId: 'another saga' }] }],
    ['acknowledged-lost', { acknowledgements: [{ kind: 'retry', sagaId }] }],
    [
      'acknowledged-lost',
      {
        acknowledgements: [{ kind: 'cancel', sagaId }],
        sagas: [saga('completed', [act('a')])],
        ledger: [call('act', 'a', 1)],
        ...unseen,
      },
    ],
    [
      'acknowledged-lost',
      { snapshots: [{ ...undone, header: { ...undone.header, sagaId: 'another saga' } }] },
    ],
    ['acknowledged-lost', { ledger: [...undoneCalls, call('act', 'x', 1, { sagaId: 'unknown' })] }],
    [
      'started-twice',
      {
        acknowledgements: [
          { kind: 'start', sagaId, key: 'k' },
          { kind: 'start', sagaId: 'twin', key: 'k' },
        ],
        sagas: [
          undone,
          {
            ...saga('completed', [act('a')]),
            header: { ...undone.header, sagaId: 'twin', status: 'completed' },
          },
        ],
        ledger: [...undoneCalls, call('act', 'a', 1, { sagaId: 'twin', idempotencyKey: 'twin' })],
      },
    ],
    ['started-twice', { sagas: [withKey('order', 'one'), withKey('order', 'two')], ledger: [], ...unseen }],
    ['undone-though-completed', withStatus('completed')],
    ['act-after-decision', withCall(1, { beganAt: epoch + 31 })],
    ['act-after-completion', withCall(0, { beganAt: epoch + 12 })],
    ['undo-before-decision', withCall(3, { beganAt: epoch + 29 })],
    ['undo-order', withCall(4, { beganAt: epoch + 39 })],
    ['effect-missing', withCall(0, { isEffective: false })],
    ['effect-missing', withCall(3, { isEffective: false })],
    [
      'idempotency-key',
      { ledger: [...undoneCalls, call('compensate', 'a', 42, { idempotencyKey: 'other' })] },
    ],
    ['idempotency-key', withCall(1, { idempotencyKey: `${sagaId}:a:act` })],
    ['fencing-token', withCall(0, { fencingToken: 9 })],
    ['wrong-context', withCall(1, { trail: ['a', 'c'] })],
    ['wrong-outcome', withCall(3, { outcome: 'failed' })],
    ['shown-too-early', watched({ seen: [{ seq: 4, at: epoch + 39 }], isEnded: false })],
    ['shown-too-early', watched({ seen: [{ seq: 4, at: epoch + 60, durableSeq: 3 }], isEnded: false })],
    ['shown-out-of-order', watched({ seen: [5, 4].map((seq) => ({ seq, at: epoch + 60 })) })],
    ['not-shown', watched({ seen: [{ seq: 5, at: epoch + 60 }] })],
    ['not-shown', watched({ seen: [] })],
  ])('reports %s', (rule, evidence) => {
    expect(rulesOf(evidence)).toContain(rule);
  });

  it.each<[string, LoadedSaga]>([
    ['not-ended', saga('running', [act('a')])],
    ['completed-twice', saga('completed', [act('a'), act('a')])],
    ['act-after-decision', saga('failed', [failed('a'), act('b')])],
    ['undo-before-decision', saga('failed', [act('a'), undo('a'), failed('b')])],
    ['undo-order', saga('failed', [act('a'), act('b'), failed('c'), undo('a'), undo('b')])],
    ['undo-order', saga('failed', [act('a'), act('b'), failed('c'), undo('b'), undo('b'), undo('a')])],
    ['undo-order', saga('failed', [act('a'), failed('b'), undo('a'), undo('a')])],
    ['undo-missing', saga('failed', [act('a'), failed('b')])],
    ['status-not-of-journal', saga('completed', [failed('a')])],
    ['status-not-of-journal', saga('failed', [act('a')])],
    ['terminal-changed', saga('completed', [act('a'), { kind: 'released', reason: 'shutdown' }])],
    ['seq-gap', withEntry(saga('completed', [act('a'), act('b')]), 1, { seq: 3 })],
    [
      'wrote-after-fence',
      withEntry(saga('completed', [{ kind: 'claimed', from: 'running' }, act('a')]), 1, { worker: 'w0' }),
    ],
    ['wrote-after-fence', saga('completed', [act('a'), { kind: 'released', reason: 'shutdown' }, act('b')])],
  ])('reports %s if the journal itself says so', (rule, loaded) => {
    const ledger = loaded.entries.flatMap((entry) =>
      'step' in entry && entry.step !== undefined ? [call('act', entry.step, 1)] : [],
    );
    const evidence = { sagas: [loaded], ledger, snapshots: [], watchers: [] };
    expect(rulesOf(evidence)).toContain(rule);
  });

  it('takes a cancel as kept by a request, or by the decision to undo it', () => {
    const acknowledgements = [{ kind: 'cancel', sagaId }] as const;
    expect(rulesOf({ acknowledgements })).toEqual([]);
    const requested = saga('completed', [
      act('a'),
      { kind: 'cancel-requested', reason: 'no more' },
      act('b'),
    ]);
    const ledger = [call('act', 'a', 1), call('act', 'b', 21)];
    // Another rule judges its effect: an act was running, and it was the last one.
    expect(rulesOf({ acknowledgements, sagas: [requested], ledger, ...unseen })).not.toContain(
      'acknowledged-lost',
    );
  });

  it('takes one key of two sagas for what it is', () => {
    const sagas = [withKey('order', 'one'), withKey('refund', 'two')];
    expect(rulesOf({ acknowledgements: [], sagas, ledger: [], ...unseen })).not.toContain('started-twice');
  });

  it('reports an undo that began once more after it was recorded', () => {
    const again = call('compensate', 'b', 45);
    expect(rulesOf({ ledger: [...undoneCalls, again] })).toEqual(['undo-order']);
  });

  it.each<[string, readonly EntryDraft[]]>([
    ['timed out once and failed then', [attempt('unknown', 'retry'), attempt('failed', 'compensate')]],
    [
      'may have begun in a process that died, and failed then',
      [{ kind: 'claimed', from: 'running' }, attempt('failed', 'compensate')],
    ],
    [
      'may have begun, and was given up by a cancel',
      [
        { kind: 'claimed', from: 'running' },
        { kind: 'compensation-decided', undo: [{ step: 'a', outcome: 'failed' }] },
      ],
    ],
  ])('reports that the undo of an act got less than the known outcome: it %s', (_name, drafts) => {
    const loaded = saga('failed', [...drafts, undo('a')]);
    const told = (outcome: StepOutcome) =>
      rulesOf({
        sagas: [loaded],
        ledger: [call('compensate', 'a', 21, { outcome })],
        snapshots: [],
        watchers: [],
      });
    expect(told('failed')).toEqual(['wrong-outcome']);
    expect(told('unknown')).toEqual([]);
  });

  it('reports a saga that was read and differs at the end', () => {
    const changed = withEntry(undone, 0, { worker: 'w9' });
    expect(rulesOf({ snapshots: [changed] })).toContain('journal-changed');
    const ended = saga('completed', undone.entries.slice(0, 2));
    expect(rulesOf({ snapshots: [ended] })).toContain('terminal-changed');
    const behind = saga('running', undone.entries.slice(0, 3));
    expect(rulesOf({ snapshots: [behind] })).toContain('status-not-of-journal');
  });

  it('reports two processes in one call while both leases are valid, and only then', () => {
    const hanging = call('act', 'c', 21, { endedAt: undefined, isEffective: false });
    const second = call('act', 'c', 24, { process: 'p2', isEffective: false });
    const ledger = [...undoneCalls.slice(0, 2), hanging, second, ...undoneCalls.slice(3)];
    const other = { process: 'p2', validFrom: epoch, validUntil: epoch + 1_000 };
    const both = [...(good.leases ?? []), other];
    expect(rulesOf({ ledger, leases: both })).toEqual(['overlap']);
    expect(
      rulesOf({ ledger, leases: [{ process: 'p1', validFrom: epoch, validUntil: epoch + 23 }, other] }),
    ).toEqual([]);
  });

  it('reports a call with an unknown lease as one that may continue', () => {
    const hanging = call('act', 'c', 21, { endedAt: undefined, isEffective: false, process: 'p0' });
    const ledger = [...undoneCalls.slice(0, 2), hanging, ...undoneCalls.slice(2)];
    const second = { ...hanging, process: 'p1', beganAt: epoch + 23 };
    expect(rulesOf({ ledger: [...ledger, second] })).toEqual(['overlap']);
  });

  it('reports calls of one process that two of its workers began, each by its own lease', () => {
    const hanging = call('act', 'c', 21, { endedAt: undefined, isEffective: false, worker: 'w1' });
    const second = call('act', 'c', 24, { process: 'p2', isEffective: false });
    const ledger = [...undoneCalls.slice(0, 2), hanging, second, ...undoneCalls.slice(3)];
    const until = (validUntil: number) => ({ process: 'p1', worker: 'w1', validFrom: epoch, validUntil });
    const others = [
      { process: 'p1', worker: 'w0', validFrom: epoch + 20, validUntil: epoch + 1_000 },
      { process: 'p2', worker: 'w2', validFrom: epoch, validUntil: epoch + 1_000 },
    ];
    expect(rulesOf({ ledger, leases: [until(epoch + 1_000), ...others] })).toEqual(['overlap']);
    expect(rulesOf({ ledger, leases: [until(epoch + 23), ...others] })).toEqual([]);
  });

  it('reports an event that no listener got, and one that came too early', () => {
    const emitting = withEntry(undone, 4, { events: '["gone"]' });
    expect(rulesOf({ sagas: [emitting], snapshots: [], emitted: [] })).toEqual(['event-lost']);
    const told = { sagaId, seq: 5 };
    expect(rulesOf({ sagas: [emitting], snapshots: [], emitted: [told] })).toEqual([]);
    expect(rulesOf({ sagas: [emitting], snapshots: [], emitted: [{ ...told, durableSeq: 4 }] })).toEqual([
      'shown-too-early',
    ]);
  });
});

describe('the checker of acknowledged events', () => {
  const emitting = withEntry(undone, 0, { events: '["a is done"]' });
  const told = (handledAt: number) =>
    rulesOf({ sagas: [emitting], snapshots: [], emitted: [{ sagaId, seq: 1, handledAt }] });

  it('finds nothing wrong with a step that began after the event before it was handled', () => {
    expect(told(epoch + 11)).toEqual([]);
  });

  it('reports a step that began, and an entry that was written, before the event before it was handled', () => {
    expect(told(epoch + 12)).toEqual(['went-on-unacknowledged']);
    expect(told(epoch + 21)).toEqual(['went-on-unacknowledged']);
  });

  it('takes the first of several deliveries: a new owner repeats those of a dead one', () => {
    const emitted = [11, 40].map((atMs) => ({ sagaId, seq: 1, handledAt: epoch + atMs }));
    expect(rulesOf({ sagas: [emitting], snapshots: [], emitted })).toEqual([]);
  });
});

function withKey(name: string, id: string): LoadedSaga {
  const { header, entries } = saga('completed', [act('a')]);
  return { header: { ...header, sagaId: id, saga: name, key: 'k' }, entries };
}

function withStatus(status: SagaHeader['status']): Partial<CrashEvidence> {
  return { sagas: [{ ...undone, header: { ...undone.header, status } }], snapshots: [] };
}

function watched(change: Partial<NonNullable<CrashEvidence['watchers']>[number]>): Partial<CrashEvidence> {
  return { watchers: [{ watcher: 'a client', sagaId, fromSeq: 3, seen: [], isEnded: true, ...change }] };
}

function withEntry(loaded: LoadedSaga, index: number, change: object): LoadedSaga {
  return {
    ...loaded,
    entries: loaded.entries.map((entry, at) => (at === index ? { ...entry, ...change } : entry)),
  };
}
