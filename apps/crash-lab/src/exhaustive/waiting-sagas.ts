import type { PlannedMove, RunPlan, SagaPlan, StagePlan, WaitPlan } from '../simulation/run-plan.js';
import { plainStep } from './small-sagas.js';

/** A small saga, and the messages that come to it. */
export interface SmallCase extends Pick<RunPlan, 'moves' | 'parks'> {
  readonly saga: SagaPlan;
  readonly cancelAtMs?: number | undefined;
}

/** The lengths of waits and steps, in milliseconds. */
const timeoutMs = 20;
const firstStepMs = 4;
const lastStepMs = 30;
/** When messages come: before the wait begins, during it, and around and after its end. */
const moments = { early: 11, during: 25, together: [33, 34, 35, 36, 37, 38], late: 50 };

/**
 * All sagas of one or two steps with one wait: a delay, a wait for a signal or an approval, at the first step or after
 * it. The message comes early, in time, at the moment of the timeout, late, twice or never. Each saga waits without an owner,
 * and in the memory of its owner.
 */
export function* waitingSagas(): Generator<SmallCase> {
  for (const parks of ['all', 'none'] as const) {
    for (const isFirst of [true, false]) {
      const place = (stage: Omit<StagePlan, 'primary'>): SagaPlan => sagaWith(stage, isFirst);
      yield { saga: place({ delayMs: timeoutMs }), moves: [], parks };
      for (const wait of signalWaits)
        for (const moves of signalMoves()) yield { saga: place({ awaits: wait }), moves, parks };
      for (const wait of approvals)
        for (const moves of decisions(isFirst ? 's1' : 's2'))
          yield { saga: place({ awaits: wait }), moves, parks };
    }
  }
}

const reactions = ['compensate', 'continue'] as const;
const signalWaits = reactions.map((onTimeout): WaitPlan => ({ for: ['paid'], timeoutMs, onTimeout }));
const approvals = reactions.flatMap((onTimeout) =>
  reactions.map((onReject): WaitPlan => ({ for: 'approval', timeoutMs, onTimeout, onReject })),
);

function sagaWith(wait: Omit<StagePlan, 'primary'>, isFirst: boolean): SagaPlan {
  const last = { ...wait, primary: { ...plainStep(isFirst ? 's1' : 's2'), durationMs: lastStepMs } };
  const first = { primary: { ...plainStep('s1'), durationMs: firstStepMs } };
  return { stages: isFirst ? [last] : [first, last], maximumRecoveryAttempts: 5 };
}

function* signalMoves(): Generator<readonly PlannedMove[]> {
  const { early, during, together, late } = moments;
  const paid = (atMs: number): PlannedMove => ({ atMs, signal: 'paid' });
  yield [];
  for (const atMs of [early, during, ...together, late]) yield [paid(atMs)];
  yield [paid(early), paid(during)];
  yield [during, during].map((atMs) => ({ atMs, signal: 'paid', dedupeId: 'one' }) as const);
  yield [{ atMs: during, signal: 'returned' }];
}

function* decisions(approvalBefore: string): Generator<readonly PlannedMove[]> {
  const { early, during, together, late } = moments;
  const decide = (atMs: number, decision: 'approved' | 'rejected'): PlannedMove => ({
    atMs,
    approvalBefore,
    decision,
  });
  yield [];
  for (const atMs of [early, ...together, late]) yield [decide(atMs, 'approved')];
  yield [decide(during, 'rejected')];
  yield [decide(during, 'approved'), decide(during, 'rejected')];
}
