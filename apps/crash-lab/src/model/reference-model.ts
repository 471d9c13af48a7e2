import { delayBefore, messageBefore } from '../simulation/declare-stages.js';
import type { SagaStatus } from '@nest-saga/core';
import { attemptsOf } from '../simulation/run-plan.js';
import type {
  ActOutcome,
  SagaPlan,
  StagePlan,
  StepPlan,
  UndoOutcome,
  WaitPlan,
} from '../simulation/run-plan.js';

/** A request of a person, and the number of results that were durable before it. */
export interface Intervention {
  readonly after: number;
  /**
   * `retry` for an exhausted compensation that was repaired, `nudge` for a saga that crashed too often. A deadline that
   * has passed is a cancel.
   */
  readonly kind: 'cancel' | 'retry' | 'nudge';
}

/** A signal or a decision, and the number of results that were durable before it. */
export interface Message {
  readonly after: number;
  /** The name of the signal, or the id of the approval. */
  readonly name: string;
  readonly decision?: 'approved' | 'rejected';
}

/** The only correct course of a saga. */
export interface Prediction {
  /** The results in order, for example `act a #1 failed` or `wait before-a elapsed`. */
  readonly results: readonly string[];
  readonly status: SagaStatus;
  /** The steps whose effects remain at the end, as far as the saga knows. */
  readonly left: readonly string[];
}

const retryable: ReadonlySet<string> = new Set<ActOutcome>(['fail', 'fail-after-effect', 'hang', 'refuse']);
const divertible: ReadonlySet<string> = new Set<ActOutcome>(['fail', 'fail-after-effect']);
const divertibleByAny: ReadonlySet<string> = new Set<string>([...divertible, 'hang', 'refuse', 'fatal']);

/**
 * The facts of a run that do not follow from its plan: the state in which a cancel came, and the writes that the
 * storage refused.
 */
export interface CancelMoment {
  /** Whether an act was running, and its result was still recorded. */
  readonly isActUnderWay: boolean;
  /** Whether an owner that died may have begun the next act. */
  readonly isTakenOver: boolean;
  /** The messages that are in the journal, in order: what came before the end of a wait decides it, and nothing else. */
  readonly messages: readonly Message[];
  /**
   * Acts that returned, but whose entries the storage refused with their values: they are undone, like acts with
   * unstorable results.
   */
  readonly actsWithoutValues: ReadonlySet<string>;
  /** The steps whose effect is unknown, because an owner died during the act or had to abort it. */
  readonly inDoubt: ReadonlySet<string>;
  /** The numbers of results after which an owner that died may have begun the next act. */
  readonly unsureAfter: ReadonlySet<number>;
}

/**
 * Predicts the course of a saga from the contract alone, without a journal, a worker, a storage or time, because
 * crashes must not change it.
 */
export function predict(saga: SagaPlan, people: readonly Intervention[], moment: CancelMoment): Prediction {
  const results: string[] = [];
  const undo: StepPlan[] = [];
  const givenUp: StepPlan[] = [];
  const attempts = new Map<string, number>();
  const forgiven = new Map<string, number>();
  const cancel = people.find(({ kind }) => kind === 'cancel');
  let heeded = 0;
  let rounds = 0;
  let isCancelled = false;
  let isPastPivot = false;

  const obeyCancel = (): boolean => {
    const before = heeded;
    for (let one = people[heeded]; one !== undefined && one.after <= results.length; one = people[++heeded]) {
      // After the pivot, a deadline only alarms.
      if (one.kind === 'cancel') isCancelled = !isPastPivot;
      else undo.push(...givenUp.splice(0).reverse());
      if (one.kind !== 'cancel') for (const [call, count] of attempts) forgiven.set(call, count);
      if (one.kind === 'retry') rounds++;
    }
    return heeded > before;
  };
  const attempt = (call: string, outcomes: readonly (ActOutcome | UndoOutcome)[], isBroken = false) => {
    const count = (attempts.get(call) ?? 0) + 1;
    attempts.set(call, count);
    const scripted = isBroken ? 'fail' : (outcomes[count - 1] ?? 'ok');
    // An act that returns in the grace period after its timeout is completed.
    const called = scripted === 'overtime' ? 'ok' : scripted;
    const isRefused = called === 'ok' && moment.actsWithoutValues.has(`${call} #${count}`);
    const outcome = isRefused ? 'unstorable' : called;
    results.push(`${call} #${count} ${outcome === 'ok' ? 'completed' : 'failed'}`);
    return { outcome, counted: count - (forgiven.get(call) ?? 0) };
  };
  const hung = new Set<string>();
  const hasDoubt = ({ id }: StepPlan): boolean => hung.has(id) || moment.inDoubt.has(id);
  /**
   * An act that is never undone. While its effect is in doubt, it is called again; if it was refused, a cancel before the
   * point of no return leads to the undo of the others.
   */
  const actForward = (step: StepPlan, leads: (outcome: string) => boolean): string => {
    const begin = results.length;
    let isInDoubt = false;
    const isUnsure = (): boolean => {
      for (let after = begin; after <= results.length; after++) isInDoubt ||= moment.unsureAfter.has(after);
      return isInDoubt;
    };
    for (;;) {
      obeyCancel();
      const isRunning = moment.isActUnderWay && results.length === cancel?.after;
      if (isCancelled && !isRunning && !isUnsure()) return 'cancelled';
      isUnsure();
      const { outcome, counted } = attempt(`act ${step.id}`, step.act);
      if (outcome === 'ok') {
        isPastPivot = true;
        isCancelled = false;
        undo.length = 0;
        return 'ok';
      }
      isInDoubt ||= outcome === 'hang' || outcome === 'unstorable';
      const mayRetry = outcome !== 'fatal' && counted < attemptsOf(step);
      if (isInDoubt && step.kind === 'pivot') continue;
      if (isCancelled && !isInDoubt) return 'cancelled';
      if (mayRetry) continue;
      if (!isInDoubt && (leads(outcome) || (step.kind === 'pivot' && !isPastPivot))) return outcome;
      if (!obeyCancel()) return 'stuck';
    }
  };
  const act = (step: StepPlan, leads: (outcome: string) => boolean = () => false): string => {
    if (step.kind !== undefined) return actForward(step, leads);
    for (;;) {
      obeyCancel();
      if (isCancelled && !(moment.isActUnderWay && results.length === cancel?.after)) {
        const isBegun = moment.isTakenOver || attempts.has(`act ${step.id}`);
        const isInDoubt = moment.isTakenOver || hasDoubt(step);
        const isUndone = { completed: false, 'in-doubt': isInDoubt, attempted: isBegun }[step.compensateOn];
        if (isUndone) undo.push(step);
        return 'cancelled';
      }
      const { outcome, counted } = attempt(`act ${step.id}`, step.act);
      if (outcome === 'hang') hung.add(step.id);
      if (retryable.has(outcome) && counted < step.actAttempts && !isCancelled) continue;
      const isThere = outcome === 'ok' || outcome === 'unstorable';
      const isUndone = { completed: false, 'in-doubt': hasDoubt(step), attempted: true }[step.compensateOn];
      if (isThere || isUndone) undo.push(step);
      return isCancelled ? 'cancelled' : outcome;
    }
  };
  /** A primary that may have had an effect is undone before its alternative begins. */
  const undoFirst = (step: StepPlan): 'undone' | 'stuck' | 'cancelled' => {
    for (;;) {
      obeyCancel();
      if (isCancelled) return 'cancelled';
      const { outcome, counted } = attempt(`undo ${step.id}`, step.undo, rounds < step.brokenRounds);
      if (outcome === 'ok') undo.pop();
      if (outcome === 'ok') return 'undone';
      if (counted >= step.undoAttempts && !obeyCancel()) return 'stuck';
    }
  };
  const untaken = [...moment.messages];
  /** The wait ends by the first message that was recorded before its end, or else by its time. */
  const wait = (id: string, plan?: WaitPlan): 'over' | 'back' => {
    obeyCancel();
    if (isCancelled) return 'back';
    const index = untaken.findIndex(
      (message) => message.after <= results.length && isAwaited(message, id, plan),
    );
    const [taken] = index < 0 ? [] : untaken.splice(index, 1);
    const outcome = taken === undefined ? 'timed-out' : 'signal';
    results.push(`wait ${id} ${plan === undefined ? 'elapsed' : outcome}`);
    if (plan === undefined) return 'over';
    const isRejected = taken?.decision === 'rejected' && (plan.onReject ?? 'compensate') === 'compensate';
    return isRejected || (taken === undefined && plan.onTimeout === 'compensate') ? 'back' : 'over';
  };
  const waitBefore = ({ delayMs, awaits, primary }: StagePlan): 'over' | 'back' => {
    if (delayMs !== undefined && wait(delayBefore(primary)) === 'back') return 'back';
    return awaits === undefined ? 'over' : wait(messageBefore(primary.id), awaits);
  };
  const goForward = (): 'completed' | 'back' | 'stuck' => {
    for (const stage of saga.stages) {
      const { holds = true, primary, alternative, isForAnyError = false } = stage;
      if (!holds) continue;
      if (waitBefore(stage) === 'back') return 'back';
      const leads = (how: string): boolean =>
        alternative !== undefined && (isForAnyError ? divertibleByAny : divertible).has(how);
      const outcome = act(primary, leads);
      if (outcome === 'ok') continue;
      if (outcome === 'stuck') return 'stuck';
      if (!leads(outcome) || alternative === undefined) return 'back';
      const end = undo.at(-1) === primary ? undoFirst(primary) : 'undone';
      if (end !== 'undone') return end === 'stuck' ? 'stuck' : 'back';
      const other = act(alternative);
      if (other !== 'ok') return other === 'stuck' ? 'stuck' : 'back';
    }
    obeyCancel();
    return isCancelled ? 'back' : 'completed';
  };
  const goBack = (): SagaStatus => {
    for (;;) {
      obeyCancel();
      const step = undo.at(-1);
      if (step === undefined) return givenUp.length > 0 ? 'stuck' : 'failed';
      const { outcome, counted } = attempt(`undo ${step.id}`, step.undo, rounds < step.brokenRounds);
      if (outcome !== 'ok' && counted < step.undoAttempts) continue;
      if (outcome !== 'ok' && step.onExhausted === 'halt' && !obeyCancel()) return 'stuck';
      if (outcome === 'ok') undo.pop();
      else if (step.onExhausted === 'continue') givenUp.push(...undo.splice(-1));
    }
  };
  const way = goForward();
  const status = way === 'back' ? goBack() : way;
  return { results, status, left: [...undo, ...givenUp].map(({ id }) => id) };
}

function isAwaited({ name, decision }: Message, id: string, plan?: WaitPlan): boolean {
  if (plan === undefined) return false;
  if (plan.for === 'approval') return decision !== undefined && name === id;
  return decision === undefined && plan.for.some((awaited) => awaited === name);
}
