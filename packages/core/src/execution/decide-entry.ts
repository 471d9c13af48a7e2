import type { Json } from '../context/context-codec.js';
import { maximumTimerMs } from '../options/option.js';
import { matchesError } from '../errors/error-matcher.js';
import type { CompensationPolicy, RetryPolicy } from '../options/step-policies.js';
import type { SagaDefinition, Stage } from '../definition/saga-definition.js';
import { isForward } from '../definition/saga-step.js';
import { StepOutcome } from '../definition/step-run.js';
import { recordError } from '../errors/recorded-error.js';
import { isSagaError, readSafely } from '../identity/thrown.js';
import type { ActCompleted, StepEntryDraft } from '../journal/journal-entry.js';
import type { BranchState } from '../journal/branch-state.js';
import type { SagaState } from '../journal/saga-state.js';
import { branchFields } from '../journal/stage-branches.js';
import { isUndoneAfter } from './is-undone-after.js';
import { knownAttempts, stageOf } from './known-attempts.js';
import type { ActAction, CompensateAction } from './action.js';
import { priorOutcomeOf } from './prior-outcome.js';
import { nextOfForward } from './next-of-forward.js';
import { retryDelay } from './retry-delay.js';

/** How an attempt of a step ended, before any decision about it. */
export type AttemptOutcome =
  | {
      readonly kind: 'completed';
      readonly context: Json;
      readonly response: Json | undefined;
      readonly events: Json | undefined;
    }
  | {
      readonly kind: 'failed';
      readonly error: unknown;
      /** `completed` if the handler returned, but its result cannot be stored. */
      readonly outcome: StepOutcome;
      readonly response: Json | undefined;
      /** The breaker was open: the handler was not called. */
      readonly isBreakerOpen: boolean;
    };

/** An attempt that ended, with all inputs for the decision about it: no clock and no random number is needed later. */
export interface FinishedAttempt {
  readonly action: ActAction | CompensateAction;
  readonly outcome: AttemptOutcome;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** From 0 to 1, for the jitter. */
  readonly random: number;
}

/** The entry that records an attempt, with its decision. Pure. */
export function decideEntry(
  definition: SagaDefinition,
  state: SagaState,
  attempt: FinishedAttempt,
): StepEntryDraft {
  const { action, outcome, startedAt, finishedAt } = attempt;
  const step = action.kind === 'act' ? action.step.id : action.item.step;
  const attempted = { step, attempt: action.attempt, startedAt, finishedAt };
  // hot path: the spread is for branches alone.
  const base =
    action.branch === undefined ? attempted : { ...attempted, ...branchFields(definition, state, action) };
  if (outcome.kind === 'completed') {
    const { response, events } = outcome;
    // The context of a saga is that of the last entry that has one. No branch changes it.
    const isKept = action.branch !== undefined || outcome.context === state.context;
    const context = isKept ? undefined : outcome.context;
    if (action.kind === 'act') {
      const completed = actCompleted(base, context, response, events);
      return isForward(action.step) && !state.isPastPivot ? { ...completed, pivot: true } : completed;
    }
    return {
      kind: 'compensation-completed',
      ...base,
      ...optional('context', context),
      ...optional('events', events),
    };
  }
  if (action.kind === 'act') {
    return { kind: 'act-failed', ...base, ...decideFailedAct(definition, state, action, attempt, outcome) };
  }
  return {
    kind: 'compensation-failed',
    ...base,
    ...decideFailedCompensation(state, action, attempt, outcome),
  };
}

type Base = Pick<ActCompleted, 'step' | 'attempt' | 'startedAt' | 'finishedAt' | 'branch' | 'branches'>;

// hot path: one literal, unlike the others, because every step of every saga makes this entry.
function actCompleted(
  base: Base,
  context: Json | undefined,
  response: Json | undefined,
  events: Json | undefined,
): ActCompleted {
  const { step, attempt, startedAt, finishedAt } = base;
  const kind = 'act-completed';
  if (context === undefined || events !== undefined || base.branch !== undefined) {
    return {
      kind,
      ...base,
      ...optional('context', context),
      ...optional('events', events),
      ...optional('response', response),
    };
  }
  if (response !== undefined) return { kind, step, attempt, startedAt, finishedAt, context, response };
  return { kind, step, attempt, startedAt, finishedAt, context };
}

type Failed = Extract<AttemptOutcome, { kind: 'failed' }>;
type Decision<Kind> = Omit<
  Extract<StepEntryDraft, { kind: Kind }>,
  'kind' | 'step' | 'attempt' | 'startedAt' | 'finishedAt'
>;

function decideFailedAct(
  definition: SagaDefinition,
  state: SagaState,
  action: ActAction,
  attempt: FinishedAttempt,
  failed: Failed,
): Decision<'act-failed'> {
  const error = recordError(failed.error);
  const base = { error, outcome: failed.outcome, ...optional('response', failed.response) };
  if (isForward(action.step) || state.isPastPivot)
    return { ...base, ...decideFailedForward(definition, state, action, attempt, failed) };
  const isEffectThere = isEffectOf(failed);
  const known = knownAttempts(state, action);
  const undo = isUndoneAfter(action.step.compensateOn, outcomeSoFar(known, action, failed));
  // After the failure of a sibling, no act begins.
  if (state.cancel !== undefined || state.direction === 'backward')
    return { ...base, next: 'compensate', undo };
  if (!isEffectThere && !failed.isBreakerOpen && mayRetry(action.step.retry, known, attempt, failed)) {
    return {
      ...base,
      next: 'retry',
      retryAt: retryAt(action.step.retry, known, attempt, failed),
      undo: false,
    };
  }
  if (isEffectThere || !leadsToAlternative(stageOf(definition, state, action), known, failed))
    return { ...base, next: 'compensate', undo };
  // Two effects of one stage never exist at the same time.
  return { ...base, next: undo ? 'undo-first' : 'alternative', undo };
}

type ForwardDecision = Pick<Decision<'act-failed'>, 'next' | 'stuck' | 'undo' | 'retryAt' | 'overdue'>;

function decideFailedForward(
  definition: SagaDefinition,
  state: SagaState,
  action: ActAction,
  attempt: FinishedAttempt,
  failed: Failed,
): ForwardDecision {
  const { step } = action;
  const known = knownAttempts(state, action);
  const isInDoubt = outcomeSoFar(known, action, failed) === StepOutcome.Unknown || isEffectOf(failed);
  const isCalled = !failed.isBreakerOpen || isInDoubt;
  const decided = nextOfForward({
    kind: step.kind,
    isPastPivot: state.isPastPivot,
    isCancelled: state.cancel !== undefined,
    isInDoubt,
    doubtfulAttempts: known.doubtfulAttempts + 1,
    mayRetry: isCalled && mayRetry(step.retry, known, attempt, failed),
    hasAlternative: leadsToAlternative(stageOf(definition, state, action), known, failed),
  });
  const undo = false;
  if (decided.next !== 'retry') return { ...decided, undo };
  const isLate = attempt.action.attempt >= (step.overdueAfter ?? Number.POSITIVE_INFINITY);
  const isOverdue = isLate || (state.isPastPivot && state.isOverdue);
  const next = { ...decided, undo, retryAt: retryAt(step.retry, known, attempt, failed) };
  return isOverdue ? { ...next, overdue: true } : next;
}

function isEffectOf({ outcome }: Failed): boolean {
  return outcome === StepOutcome.Completed;
}

/**
 * The known outcome of the act after this attempt. A failed attempt, or one that a breaker refused, does not change the
 * outcome of an earlier one.
 */
function outcomeSoFar(
  known: BranchState,
  { step }: ActAction,
  { outcome, isBreakerOpen }: Failed,
): StepOutcome | undefined {
  if (outcome !== StepOutcome.Failed) return outcome;
  return priorOutcomeOf(known, step) ?? (isBreakerOpen ? undefined : StepOutcome.Failed);
}

function leadsToAlternative(
  stage: Stage | undefined,
  { isAlternative }: BranchState,
  failed: Failed,
): boolean {
  if (stage?.kind !== 'fallback' || isAlternative) return false;
  return (
    failed.isBreakerOpen ||
    stage.failureErrors === undefined ||
    matchesError(stage.failureErrors, failed.error)
  );
}

function decideFailedCompensation(
  state: SagaState,
  action: CompensateAction,
  attempt: FinishedAttempt,
  failed: Failed,
): Decision<'compensation-failed'> {
  const policy: CompensationPolicy = action.step.compensation;
  const outcome = failed.outcome === StepOutcome.Unknown ? 'timed-out' : 'failed';
  const base = { error: recordError(failed.error), outcome } as const;
  const known = knownAttempts(state, action);
  const isOfBranch = action.branch !== undefined;
  // Once the saga is undone, a primary that was undone first is undone in its turn, with all its attempts.
  const isTurned = isOfBranch && (state.direction === 'backward' || state.cancel !== undefined);
  if (isTurned || !mayRetry(policy, known, attempt, failed)) {
    // The alternative must not begin while an effect remains that could not be undone. A cancel continues to undo, by
    // the step's own rule.
    const isInTheWay = isOfBranch || (state.isUndoingFirst && state.cancel === undefined);
    return { ...base, next: isInTheWay ? 'halt' : policy.onExhausted };
  }
  return { ...base, next: 'retry', retryAt: retryAt(policy, known, attempt, failed) };
}

function mayRetry(
  policy: RetryPolicy,
  { forgivenAttempts }: BranchState,
  attempt: FinishedAttempt,
  failed: Failed,
): boolean {
  if (
    isSagaError(failed.error, 'SAGA_STEP_NON_RETRYABLE') ||
    matchesError(policy.nonRetryableErrors, failed.error)
  )
    return false;
  return attempt.action.attempt - forgivenAttempts < policy.maximumAttempts;
}

function retryAt(
  policy: RetryPolicy,
  { forgivenAttempts }: BranchState,
  attempt: FinishedAttempt,
  failed: Failed,
): Date {
  const asked = isSagaError(failed.error, 'SAGA_STEP_RETRYABLE') && readSafely(failed.error, 'retryAfterMs');
  const isUsable = typeof asked === 'number' && Number.isFinite(asked) && asked >= 0;
  const failedAttempts = attempt.action.attempt - forgivenAttempts;
  const delayMs = isUsable
    ? Math.min(asked, maximumTimerMs)
    : retryDelay(policy, failedAttempts, attempt.random);
  return new Date(attempt.finishedAt.getTime() + delayMs);
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in Name]?: Value };
}
