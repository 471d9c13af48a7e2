import { checkRun } from './check-run.js';
import type { CrashEvidence, LeaseSpan } from './crash-evidence.js';
import { act, call, epoch, good, saga, undoneCalls } from './sample-run.js';

const claim = { kind: 'claimed', from: 'running' } as const;

const ofOwners: Partial<CrashEvidence> = {
  leases: [leaseOf('w1', 'p1'), leaseOf('w2', 'p2'), leaseOf('w3', 'p1')],
};

function leaseOf(worker: string, process: string, untilMs = 1_000): LeaseSpan {
  return { worker, process, validFrom: epoch, validUntil: epoch + untilMs };
}

function calledFor(worker: string): Partial<CrashEvidence> {
  return { ...ofOwners, ledger: undoneCalls.map((row) => ({ ...row, worker })) };
}

/** The good run, with one of its calls for another worker. */
function withWorkerOfCall(index: number, worker: string, process: string): Partial<CrashEvidence> {
  const ledger = undoneCalls.map((row, at) => ({
    ...row,
    worker: 'w1',
    ...(at === index ? { worker, process } : {}),
  }));
  return { ledger };
}

function rulesOf(evidence: Partial<CrashEvidence>): readonly string[] {
  return [...new Set(checkRun({ ...good, ...ofOwners, ...evidence }).map(({ rule }) => rule))];
}

describe('the checker of who began a call', () => {
  it('finds nothing wrong with calls that began for the owner of the saga, while its lease was valid', () => {
    expect(checkRun({ ...good, ...calledFor('w1') })).toEqual([]);
    const queued = saga('completed', [{ kind: 'claimed', from: 'pending' }, act('a')], 'w2');
    const ledger = [call('act', 'a', 11, { worker: 'w2', process: 'p2' })];
    expect(rulesOf({ sagas: [queued], ledger, snapshots: [], watchers: [] })).toEqual([]);
  });

  it('takes the calls of both owners by their times, in whatever order they were recorded', () => {
    const [first, last] = [
      saga('completed', [act('a')]),
      saga('completed', [act('a'), claim, act('b')], 'w2'),
    ];
    const handedOver = { ...last, entries: [...first.entries, ...last.entries.slice(1)] };
    const ledger = [
      call('act', 'b', 21, { worker: 'w2', process: 'p2' }),
      call('act', 'a', 1, { worker: 'w1', process: 'p1' }),
    ];
    expect(rulesOf({ sagas: [handedOver], ledger, snapshots: [], watchers: [] })).toEqual([]);
  });

  it.each<[string, string, Partial<CrashEvidence>]>([
    ['not-owner', 'for another worker', { ...calledFor('w1'), ...withWorkerOfCall(3, 'w2', 'p2') }],
    ['not-owner', 'for another worker of the same process', withWorkerOfCall(3, 'w3', 'p1')],
    ['not-owner', 'before the first entry', withWorkerOfCall(0, 'w2', 'p2')],
    [
      'not-owner',
      'before it was claimed',
      {
        sagas: [saga('completed', [{ kind: 'claimed', from: 'pending' }, act('a')])],
        ledger: [call('act', 'a', 9, { worker: 'w1' })],
      },
    ],
    [
      'not-owner',
      'after it was let go',
      {
        sagas: [
          saga('completed', [
            { kind: 'released', reason: 'shutdown' },
            { kind: 'claimed', from: 'running' },
            act('a'),
          ]),
        ],
        ledger: [call('act', 'a', 11, { worker: 'w1' })],
      },
    ],
    ['without-lease', 'after the lease', { ...calledFor('w1'), leases: [leaseOf('w1', 'p1', 30)] }],
    ['without-lease', 'under a lease of another process', { leases: [leaseOf('w1', 'p2')] }],
    ['without-lease', 'under no lease', { leases: [] }],
  ])('reports %s if a call began %s', (rule, _, evidence) => {
    const given = { ...calledFor('w1'), snapshots: [], watchers: [], ...evidence };
    expect(rulesOf(given)).toEqual([rule]);
  });
});
