import type { JournalEntry } from '@nest-saga/core';
import { judge } from '../src/model/judge.js';
import { plainStep } from '../src/exhaustive/small-sagas.js';
import type { RunPlan } from '../src/simulation/run-plan.js';
import { simulate } from '../src/simulation/simulate.js';

const interleavings = Number(process.env['INTERLEAVINGS'] ?? 10_000);

/** The signal is sent about when the wait is over; latencies of up to 12 ms and the seed decide the order. */
function planOf(seed: number): RunPlan {
  const awaits = { for: ['paid'], timeoutMs: 40, onTimeout: 'continue' } as const;
  return {
    saga: { stages: [{ awaits, primary: plainStep('ship') }], maximumRecoveryAttempts: 5 },
    seed,
    processes: 1 + (seed % 2),
    clockSkewsMs: seed % 4 < 2 ? [] : [0, 3_600_000],
    start: 'start',
    callers: 1,
    identifiedBy: 'id',
    moves: [{ atMs: 60 + (seed % 40), signal: 'paid' }],
    cancelAtMs: undefined,
    operatorRetries: 0,
    isCalm: false,
    parks: seed % 3 === 0 ? 'none' : 'all',
    callFaults: [],
    handlerFaults: [],
    processFaults: [],
    outages: [],
  };
}

const seqOf = (entries: readonly JournalEntry[], kind: JournalEntry['kind']): number | undefined =>
  entries.find((entry) => entry.kind === kind)?.seq;

describe('a signal against the timeout of its wait', () => {
  it('has one outcome in each of 10,000 interleavings: that of the order in the journal, for every reader', async () => {
    const counts = { signal: 0, timedOut: 0, neighbours: 0 };
    for (let seed = 0; seed < interleavings; seed++) {
      const plan = planOf(seed);
      const run = await simulate(plan);
      // The context that the next step got, every later read and every watcher are judged by the journal.
      expect({ seed, problems: judge(plan, run) }).toEqual({ seed, problems: [] });
      const [{ entries } = { entries: [] }] = run.evidence.sagas;
      const ends = entries.filter(({ kind }) => kind === 'wait-ended');
      const [signal = Number.POSITIVE_INFINITY, end = 0] = [
        seqOf(entries, 'signal-received'),
        seqOf(entries, 'wait-ended'),
      ];
      const outcome = signal < end ? 'signal' : 'timed-out';
      expect({ seed, ends }).toMatchObject({ seed, ends: [{ outcome }] });
      counts[outcome === 'signal' ? 'signal' : 'timedOut']++;
      if (signal === end + 1 || (signal < end && entries[signal - 2]?.kind === 'claimed'))
        counts.neighbours++;
    }
    console.log(`signal against timeout: ${JSON.stringify(counts)} of ${interleavings}`);
    // One that always wins, or that never comes right before or after the end, proves nothing.
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(interleavings / 50);
  }, 3_600_000);
});
