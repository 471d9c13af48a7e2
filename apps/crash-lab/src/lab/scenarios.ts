import { messageBefore } from '../simulation/declare-stages.js';
import type { SagaPlan, StagePlan, StepPlan } from '../simulation/run-plan.js';
import type { KillPlan } from './kill-switch.js';
import type { Decision } from './lab-messages.js';

/** The actions of the clients of a scenario, in addition to starting its saga. */
export interface Scenario {
  readonly name: string;
  readonly plan: SagaPlan;
  readonly isQueued?: boolean;
  /** Cancelled after the act of this step has begun. */
  readonly cancelAt?: string;
  /** Watched first in the process that is to die, and then in another one. */
  readonly isWatched?: boolean;
  /** Started by another process, which dies at this place: the process that is to die as well claims the saga. */
  readonly orphanedAt?: KillPlan;
  /** The process that is to die shuts down after the act of this step has begun. */
  readonly leavesAt?: string;
  /**
   * The signal is sent from another process once the saga waits for it, or once the process that is to die is dead: then
   * no process with a worker is alive.
   */
  readonly isSignalled?: boolean;
  /** The decision of the approval before `charge`, made in another process as soon as the saga waits for it. */
  readonly decision?: Decision;
  /** Queued by another process. The process that is to die begins to work after the deadline. */
  readonly isOverdue?: boolean;
  /**
   * The process that is to die runs no sagas: it requests the cancel, the signal, the decision or the retry. A client that
   * gets no answer repeats the request in another process.
   */
  readonly isRequestedByVictim?: boolean;
  /** An operator fixes the cause when it is stuck, and requests a retry. */
  readonly isFixed?: boolean;
}

function step(id: string, change: Partial<StepPlan> = {}): StepPlan {
  return {
    id,
    act: [],
    undo: [],
    brokenRounds: 0,
    actAttempts: 1,
    undoAttempts: 2,
    onExhausted: 'halt',
    compensateOn: 'in-doubt',
    emits: false,
    durationMs: 3,
    ...change,
  };
}

function saga(...steps: readonly (StepPlan | readonly [StepPlan, StepPlan])[]): SagaPlan {
  const stages = steps.map((one) =>
    'id' in one ? { primary: one } : { primary: one[0], alternative: one[1] },
  );
  // A busy machine may let a lease expire any number of times.
  return { stages, maximumRecoveryAttempts: 100 };
}

const works = saga(step('reserve'), step('charge'), step('ship'));

/** The id of the wait before the second step, if that is a wait for a message. */
export const waitBeforeCharge = messageBefore('charge');

const waitsFor = (wait: Omit<StagePlan, 'primary'>, plan = works): SagaPlan => ({
  ...plan,
  stages: plan.stages.map((stage, index) => (index === 1 ? { ...stage, ...wait } : stage)),
});

/** The saga is parked after the event of its first step was handled. */
const waitsForApproval = waitsFor(
  { awaits: { for: 'approval', timeoutMs: 60_000, onTimeout: 'compensate' } },
  saga(step('reserve', { emits: true }), step('charge'), step('ship')),
);

/** A saga whose second act is long enough for other processes to do something in the meantime. */
export const takesItsTime = saga(step('reserve'), step('charge', { durationMs: 300 }), step('ship'));

const undoFailsOnce = saga(
  step('reserve', { undo: ['fail'] }),
  step('charge', { undo: ['fail'] }),
  step('ship', { act: ['fail'] }),
);

const staysStuck = saga(
  step('reserve'),
  step('charge', { brokenRounds: 1 }),
  step('ship', { act: ['fail'] }),
);

/** The charge is the pivot, and long enough for other processes to do something in the meantime. */
const withPivot = (act: StepPlan['act'], durationMs = 3): SagaPlan =>
  saga(
    step('reserve'),
    step('charge', { kind: 'pivot', act, actAttempts: 1, durationMs }),
    step('ship', { kind: 'retriable', act: ['fail', 'fail-after-effect'], actAttempts: 3 }),
  );

/** All courses of a saga, with one scenario for each step that fails, and all courses of a process. */
export const scenarios: readonly Scenario[] = [
  { name: 'all good', plan: works },
  {
    name: 'the first step fails',
    plan: saga(step('reserve', { act: ['fail'] }), step('charge'), step('ship')),
  },
  {
    name: 'the second step fails after its effect',
    plan: saga(
      step('reserve'),
      step('charge', { act: ['fail-after-effect'], compensateOn: 'attempted' }),
      step('ship'),
    ),
  },
  {
    name: 'the third step hangs',
    plan: saga(step('reserve'), step('charge'), step('ship', { act: ['hang'] })),
  },
  {
    name: 'fallback, undone',
    plan: saga(
      step('reserve'),
      [step('charge', { act: ['fail', 'fail'], actAttempts: 2 }), step('invoice')],
      step('ship', { act: ['fatal'] }),
    ),
  },
  {
    name: 'fallback, completed',
    plan: saga(
      step('reserve'),
      [step('charge', { act: ['fail', 'fail'], actAttempts: 2 }), step('invoice')],
      step('ship'),
    ),
  },
  { name: 'compensation retry', plan: undoFailsOnce },
  {
    name: 'compensation stuck',
    plan: staysStuck,
    isFixed: true,
  },
  { name: 'enqueue', plan: works, isQueued: true },
  {
    name: 'cancel',
    plan: takesItsTime,
    cancelAt: 'charge',
  },
  {
    name: 'a watching client',
    plan: saga(step('reserve'), step('charge'), step('ship', { act: ['fail', 'ok'], actAttempts: 2 })),
    isWatched: true,
  },
  {
    name: 'an orphan that was going forward',
    plan: works,
    orphanedAt: { place: 'inside act of charge', occurrence: 1 },
  },
  {
    name: 'an orphan that was being undone',
    plan: undoFailsOnce,
    orphanedAt: { place: 'inside compensate of charge', occurrence: 1 },
  },
  { name: 'a pivot', plan: withPivot([]) },
  { name: 'a pivot that is refused', plan: withPivot(['fail']) },
  { name: 'a pivot in doubt', plan: withPivot(['hang', 'fail', 'ok']) },
  { name: 'a cancel in the pivot', plan: withPivot([], 300), cancelAt: 'charge' },
  { name: 'a cancel in a pivot that is refused', plan: withPivot(['fail'], 300), cancelAt: 'charge' },
  { name: 'a deadline in the pivot', plan: { ...withPivot([], 300), deadlineMs: 200 } },
  { name: 'a delay', plan: waitsFor({ delayMs: 300 }) },
  {
    name: 'a signal',
    plan: waitsFor({ awaits: { for: ['paid'], timeoutMs: 60_000, onTimeout: 'compensate' } }),
    isSignalled: true,
  },
  {
    name: 'a wait that times out',
    plan: waitsFor({ awaits: { for: ['paid'], timeoutMs: 300, onTimeout: 'compensate' } }),
  },
  { name: 'an approval', plan: waitsForApproval, decision: 'approved' },
  { name: 'a rejection', plan: waitsForApproval, decision: 'rejected' },
  { name: 'a deadline in an act', plan: { ...takesItsTime, deadlineMs: 200 } },
  {
    name: 'a deadline in a wait',
    plan: {
      ...waitsFor({ awaits: { for: ['paid'], timeoutMs: 60_000, onTimeout: 'compensate' } }),
      deadlineMs: 400,
    },
  },
  { name: 'a deadline while PENDING', plan: { ...works, deadlineMs: 100 }, isOverdue: true },
  {
    name: 'events',
    plan: saga(...['reserve', 'charge', 'ship'].map((id) => step(id, { emits: true }))),
  },
  {
    name: 'events of an undo',
    plan: saga(
      step('reserve', { emits: true }),
      step('charge', { emits: true }),
      step('ship', { act: ['fail'] }),
    ),
  },
  { name: 'a client that cancels', plan: takesItsTime, cancelAt: 'charge', isRequestedByVictim: true },
  {
    name: 'a client that signals',
    plan: waitsFor({ awaits: { for: ['paid'], timeoutMs: 60_000, onTimeout: 'compensate' } }),
    isSignalled: true,
    isRequestedByVictim: true,
  },
  { name: 'a client that approves', plan: waitsForApproval, decision: 'approved', isRequestedByVictim: true },
  { name: 'a client that rejects', plan: waitsForApproval, decision: 'rejected', isRequestedByVictim: true },
  { name: 'an operator that retries', plan: staysStuck, isFixed: true, isRequestedByVictim: true },
  {
    name: 'a process that leaves',
    plan: takesItsTime,
    leavesAt: 'charge',
  },
];
