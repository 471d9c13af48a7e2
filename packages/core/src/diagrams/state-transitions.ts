import {
  describeAct,
  describeCompensation,
  describeDuration,
  describeFallbackCause,
} from './describe-policies.js';
import { waysOut } from './describe-wait.js';
import type {
  NumberedBranch,
  NumberedFallbackStage,
  NumberedParallelStage,
  NumberedStage,
  NumberedStep,
  NumberedWaitStage,
} from './numbered-stages.js';
import { isForwardStage, undoableSteps } from './numbered-stages.js';

/** A transition of an execution from one state to another. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  readonly when?: string;
}

type Transitions = readonly Transition[];

/** A stage of the saga, with the states from which an undo of it continues. */
interface Turn {
  /** Why the saga is undone though nothing failed. */
  readonly cancelled: string;
  /** Whether the saga is past its point of no return when it reaches this stage. */
  readonly isPast: boolean;
  /** The state in which the undo of everything before this stage begins. */
  readonly back: string;
  /** The state in which an undo continues when this stage is undone. */
  readonly undone: string;
}

/** All transitions of a saga's state diagram: the way forward, then the way back in reverse order. */
export function transitionsOf(stages: readonly NumberedStage[], deadlineMs: number | undefined): Transitions {
  const cancelled =
    deadlineMs === undefined ? 'cancelled' : `cancelled or not done after ${describeDuration(deadlineMs)}`;
  const mayGiveUp = stages
    .flatMap(undoableSteps)
    .some(({ step }) => step.compensation.onExhausted === 'continue');
  const turnAt = (index: number): Turn => {
    // A wait has nothing to undo: the way back skips it.
    const before = stages.slice(0, index).findLast((stage) => undoableSteps(stage).length > 0);
    const isPast = stages.slice(0, index).some(isForwardStage);
    if (before !== undefined) return { cancelled, isPast, back: undoOf(before), undone: undoOf(before) };
    return { cancelled, isPast, back: 'failed', undone: mayGiveUp ? 'choiceEnd' : 'failed' };
  };
  const start = actOf(stages[0]);
  return [
    { from: '[*]', to: 'pending', when: 'enqueued' },
    { from: '[*]', to: start, when: 'started' },
    { from: 'pending', to: start, when: 'claimed by a worker' },
    ...(deadlineMs === undefined ? [] : [{ from: 'pending', to: 'failed', when: cancelled }]),
    ...stages.flatMap((stage, index) => forward(stage, actOf(stages[index + 1]), turnAt(index))),
    ...stages
      .map((stage, index) => backward(stage, turnAt(index)))
      .toReversed()
      .flat(),
    ...(mayGiveUp ? endOfUndo : []),
    { from: 'completed', to: '[*]' },
    { from: 'failed', to: '[*]' },
  ];
}

const endOfUndo: Transitions = [
  { from: 'choiceEnd', to: 'failed', when: 'everything is undone' },
  { from: 'choiceEnd', to: 'stuck', when: 'an undo was given up' },
];

function actOf(stage: NumberedStage | undefined): string {
  if (stage === undefined) return 'completed';
  if (stage.kind === 'wait') return `wait${stage.number}`;
  if (stage.kind === 'parallel') return `fork${stage.number}`;
  return `act${stage.kind === 'step' ? stage.number : stage.primary.number}`;
}

function undoOf(stage: NumberedStage): string {
  if (stage.kind === 'parallel') return `back${stage.number}`;
  return stage.kind === 'step' ? `undo${stage.number}` : `choice${stage.number}`;
}

function forward(stage: NumberedStage, next: string, turn: Turn): Transitions {
  return [...forwardAlways(stage, next, turn), ...skipped(stage, actOf(stage), next)];
}

/** A stage under conditions is passed, in both directions, if one of them does not hold. */
function skipped({ conditions }: NumberedStage, from: string, to: string): Transitions {
  return conditions.length === 0 ? [] : [{ from, to, when: `skipped unless ${conditions.join(' and ')}` }];
}

function forwardAlways(stage: NumberedStage, next: string, turn: Turn): Transitions {
  if (stage.kind === 'parallel') return forwardParallel(stage, next, turn);
  if (stage.kind !== 'wait' && isForwardStage(stage)) return forwardOnly(stage, next, turn);
  if (stage.kind === 'fallback') return forwardFallback(stage, next, turn);
  if (stage.kind === 'wait') return forwardWait(stage, next, turn);
  const from = `act${stage.number}`;
  return [
    ...againAct(stage),
    { from, to: next, when: 'completed' },
    ...failedAct(stage, `failed for good or ${turn.cancelled}`, (when) => [{ from, to: turn.back, when }]),
  ];
}

/** A stage that is never undone. */
function forwardOnly(stage: NumberedBranch, next: string, turn: Turn): Transitions {
  if (stage.kind === 'step') return tryForward(stage, next, turn);
  const { primary, alternative } = stage;
  const cause = `${describeFallbackCause(stage.stage)}, nothing in doubt`;
  return [
    ...tryForward(primary, next, turn),
    { from: `act${primary.number}`, to: `act${alternative.number}`, when: cause },
    ...tryForward(alternative, next, turn),
  ];
}

function tryForward({ number, step }: NumberedStep, next: string, turn: Turn): Transitions {
  const from = `act${number}`;
  const completed = turn.isPast ? 'completed' : 'completed, point of no return';
  const again = step.kind === 'pivot' ? 'called again while in doubt' : `tried again, ${describeAct(step)}`;
  const back = step.kind === 'pivot' ? `refused or ${turn.cancelled}` : turn.cancelled;
  const stuck = step.kind === 'pivot' ? 'in doubt after 10 attempts' : 'failed for good';
  return [
    { from, to: from, when: again },
    { from, to: next, when: completed },
    ...(turn.isPast ? [] : [{ from, to: turn.back, when: `${back}, nothing in doubt` }]),
    { from, to: 'stuck', when: stuck },
  ];
}

function forwardFallback(stage: NumberedFallbackStage, next: string, turn: Turn): Transitions {
  const { primary, alternative } = stage;
  const [from, other] = [`act${primary.number}`, `act${alternative.number}`];
  const isSelective = stage.stage.failureErrors !== undefined;
  return [
    ...againAct(primary),
    { from, to: next, when: 'completed' },
    ...toAlternative(stage, from, other, turn),
    ...failedAct(
      primary,
      isSelective ? `failed for good with any other error or ${turn.cancelled}` : turn.cancelled,
      (when) => [{ from, to: turn.back, when }],
    ),
    ...againAct(alternative),
    { from: other, to: next, when: 'completed' },
    ...failedAct(alternative, `both failed for good or ${turn.cancelled}`, (when) => [
      { from: other, to: turn.back, when },
    ]),
  ];
}

/**
 * Two effects never exist at the same time: a primary whose effect may be there is undone before its alternative
 * begins.
 */
function toAlternative(
  { stage, primary }: NumberedFallbackStage,
  from: string,
  to: string,
  { cancelled }: Turn,
): Transitions {
  const cause = describeFallbackCause(stage);
  const { compensateOn, compensation } = primary.step;
  if (compensateOn === 'completed') return [{ from, to, when: cause }];
  const first = `first${primary.number}`;
  const isBreakerLeft = stage.circuitBreaker !== undefined;
  const certain: Transitions =
    compensateOn === 'in-doubt'
      ? [{ from, to, when: `${cause}, nothing in doubt` }]
      : isBreakerLeft
        ? [{ from, to, when: 'its circuit breaker is open, and it was never called' }]
        : [];
  const tried = compensateOn === 'in-doubt' ? 'its effect in doubt' : 'it was called';
  return [
    ...certain,
    { from, to: first, when: `${cause}, ${tried}` },
    ...(compensation.maximumAttempts > 1
      ? [{ from: first, to: first, when: `tried again, ${describeCompensation(primary.step)}` }]
      : []),
    { from: first, to, when: 'undone' },
    { from: first, to: `undo${primary.number}`, when: cancelled },
    { from: first, to: 'stuck', when: 'failed for good' },
  ];
}

function forwardWait({ number, wait }: NumberedWaitStage, next: string, turn: Turn): Transitions {
  const from = `wait${number}`;
  return [
    ...waysOut(wait).map((way) => ({ from, to: way.next === 'continue' ? next : turn.back, when: way.when })),
    ...(turn.isPast ? [] : [{ from, to: turn.back, when: turn.cancelled }]),
  ];
}

/** The branches begin together. When one has failed for good, the others end before anything is undone. */
function forwardParallel(parallel: NumberedParallelStage, next: string, turn: Turn): Transitions {
  const { number, branches } = parallel;
  const [fork, join, settle] = [`fork${number}`, `join${number}`, `settle${number}`];
  const undone = { ...turn, back: settle };
  return [
    ...branches.map((branch) => ({ from: fork, to: actOf(branch) })),
    // Before its siblings have ended, no branch is undone, except for a primary before its alternative.
    ...branches
      .flatMap((branch) => forward(branch, join, undone))
      .map((one) => (one.from.startsWith('act') && one.to.startsWith('undo') ? { ...one, to: settle } : one)),
    { from: join, to: next, when: 'every branch completed' },
    ...(isForwardStage(parallel)
      ? []
      : [{ from: settle, to: `back${number}`, when: 'no branch runs any more' }]),
  ];
}

/** In reverse of the declared order, or side by side. */
function backwardParallel({ number, stage, branches }: NumberedParallelStage, turn: Turn): Transitions {
  const back = `back${number}`;
  if (stage.undo === 'parallel') {
    const end = `undone${number}`;
    return [
      ...branches.map((branch) => ({ from: back, to: undoOf(branch) })),
      ...branches.flatMap((branch) => backward(branch, { ...turn, undone: end })),
      { from: end, to: turn.undone, when: 'every branch has ended' },
    ];
  }
  const reversed = branches.toReversed();
  const first = reversed[0];
  return [
    ...(first === undefined ? [] : [{ from: back, to: undoOf(first) }]),
    ...reversed.flatMap((branch, index) => {
      const before = reversed[index + 1];
      return backward(branch, { ...turn, undone: before === undefined ? turn.undone : undoOf(before) });
    }),
  ];
}

function backward(stage: NumberedStage, turn: Turn): Transitions {
  if (stage.kind === 'wait' || isForwardStage(stage)) return [];
  return [...backwardAlways(stage, turn), ...skipped(stage, undoOf(stage), turn.undone)];
}

function backwardAlways(stage: NumberedBranch | NumberedParallelStage, turn: Turn): Transitions {
  return stage.kind === 'parallel' ? backwardParallel(stage, turn) : backwardBranch(stage, turn);
}

function backwardBranch(stage: NumberedBranch, turn: Turn): Transitions {
  const behind = (from: string, when: string): Transitions => [{ from, to: turn.undone, when }];
  if (stage.kind === 'step') return undo(stage, behind);
  const { primary, alternative } = stage;
  const choice = `choice${stage.number}`;
  return [
    { from: choice, to: `undo${alternative.number}`, when: `${alternative.step.id} completed` },
    { from: choice, to: `undo${primary.number}`, when: `${primary.step.id} completed` },
    ...undo(alternative, behind),
    ...undo(primary, behind),
  ];
}

function undo(undone: NumberedStep, behind: (from: string, when: string) => Transitions): Transitions {
  const from = `undo${undone.number}`;
  const { compensation } = undone.step;
  const again = `tried again, ${describeCompensation(undone.step)}`;
  return [
    ...(compensation.maximumAttempts > 1 ? [{ from, to: from, when: again }] : []),
    ...behind(from, 'undone'),
    ...(compensation.onExhausted === 'halt'
      ? [{ from, to: 'stuck', when: 'failed for good' }]
      : behind(from, 'given up')),
  ];
}

/** A failed act is undone itself if it may have had an effect, or certainly had one. */
function failedAct(
  { number, step }: NumberedStep,
  when: string,
  back: (when: string) => Transitions,
): Transitions {
  const itself = { from: `act${number}`, to: `undo${number}` };
  switch (step.compensateOn) {
    case 'attempted':
      return [{ ...itself, when }];
    case 'in-doubt':
      return [
        ...back(`${when}, nothing in doubt`),
        { ...itself, when: 'its effect in doubt, or done but cancelled or its result cannot be stored' },
      ];
    case 'completed':
      return [...back(when), { ...itself, when: 'done, but cancelled or its result cannot be stored' }];
  }
}

function againAct({ number, step }: NumberedStep): Transitions {
  if (step.retry.maximumAttempts === 1) return [];
  return [{ from: `act${number}`, to: `act${number}`, when: `tried again, ${describeAct(step)}` }];
}
