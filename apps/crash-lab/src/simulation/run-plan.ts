import type { CompensateOn } from '@nest-saga/core';
/** The result of one attempt of an act. */
export type ActOutcome =
  | 'ok'
  /** Throws without an effect. */
  | 'fail'
  /** Throws after its effect. */
  | 'fail-after-effect'
  /** Never ends by itself. */
  | 'hang'
  /** Returns after its timeout, within the grace period. */
  | 'overtime'
  /** Throws an error that does not lead to the alternative. */
  | 'refuse'
  /** Throws an error that is not retried. */
  | 'fatal'
  /** Returns a value that cannot be stored. */
  | 'unstorable';

/** The result of one attempt of a compensation. */
export type UndoOutcome = 'ok' | 'fail' | 'hang';

/** A step with the results of its attempts, in order. Attempts after the end of a list succeed. */
export interface StepPlan {
  readonly id: string;
  readonly act: readonly ActOutcome[];
  readonly undo: readonly UndoOutcome[];
  /** The number of an operator's retries before which every compensation fails. */
  readonly brokenRounds: number;
  readonly actAttempts: number;
  readonly undoAttempts: number;
  readonly onExhausted: 'halt' | 'continue';
  readonly compensateOn: CompensateOn;
  /** Without it, the step can be undone. */
  readonly kind?: 'pivot' | 'retriable';
  readonly emits: boolean;
  readonly durationMs: number;
}

/** The attempts of an act. A retriable step with the most attempts has no limit, and the others have one of their own. */
export function attemptsOf({ kind, actAttempts }: StepPlan): number {
  return kind === 'retriable' && actAttempts >= 3 ? Number.POSITIVE_INFINITY : actAttempts;
}

/** The signals that sagas of a plan wait for. */
export type PlannedSignal = 'paid' | 'returned';

/** A wait for signals or for a decision. */
export interface WaitPlan {
  /** The signals that end it; `approval` for a decision. */
  readonly for: readonly PlannedSignal[] | 'approval';
  readonly timeoutMs: number;
  readonly onTimeout: 'compensate' | 'continue';
  /** For an approval. @default 'compensate' */
  readonly onReject?: 'compensate' | 'continue';
}

/** A stage of the saga. */
export interface StagePlan {
  /** Whether the condition holds under which the stage and its waits run; without it they always run. */
  readonly holds?: boolean;
  /** How long the saga waits before the stage, in milliseconds. */
  readonly delayMs?: number;
  /** A wait for a message before the stage, after its delay. */
  readonly awaits?: WaitPlan;
  readonly primary: StepPlan;
  readonly alternative?: StepPlan;
  /** Whether every error of the primary leads to the alternative, and not only those of a gateway. */
  readonly isForAnyError?: boolean;
}

/** A declared saga with its scripted outcomes. */
export interface SagaPlan {
  readonly stages: readonly StagePlan[];
  readonly maximumRecoveryAttempts: number;
  /** In milliseconds after it is due. */
  readonly deadlineMs?: number;
}

/** A message from outside to a saga that was started. */
export type PlannedMove =
  | { readonly atMs: number; readonly signal: PlannedSignal; readonly dedupeId?: string }
  /** A decision of the approval before a stage, which is repeated until the saga takes it or does not wait for it. */
  | { readonly atMs: number; readonly approvalBefore: string; readonly decision: 'approved' | 'rejected' };

/** A fault of one call of the storage. */
export type CallFault =
  /** The process dies before the call is sent. */
  | 'crash-before'
  /** The process dies while the call is on its way, and the call still happens. */
  | 'crash-during'
  /** The call happens, and the process dies before the answer. */
  | 'crash-after'
  /** The call does not happen, and the error says so. */
  | 'not-written'
  /** The call happens, and the error says that the outcome is unknown. */
  | 'answer-lost'
  /** The call does not happen, and the error says that the outcome is unknown. */
  | 'request-lost'
  /** The error says that the outcome is unknown, and the call happens much later. */
  | 'late'
  /** The answer takes longer than a lease. */
  | 'slow'
  /** The process stands still for longer than a lease, right after it has sent the call. */
  | 'pause'
  /** The storage will never accept the call. */
  | 'refused';

/** A fault of one call of a handler. */
export type HandlerFault =
  'crash-at-entry' | 'crash-inside' | 'crash-at-exit' | 'pause-at-entry' | 'pause-inside';

/** A fault at the n-th call from the run's beginning. */
export interface PlannedFault<Kind> {
  readonly call: number;
  readonly kind: Kind;
}

/** A fault of a process at a moment. */
export interface ProcessFault {
  readonly atMs: number;
  readonly kind: 'crash' | 'shutdown' | 'pause';
}

/** A time in which every call of the storage has the same fault, in all processes. */
export interface Outage {
  readonly fromMs: number;
  readonly durationMs: number;
  readonly kind: 'not-written' | 'request-lost' | 'answer-lost';
}

/** All inputs that determine a run. */
export interface RunPlan {
  readonly saga: SagaPlan;
  /** The seed of the order of answers and timers, and of every random number. */
  readonly seed: number;
  readonly processes: number;
  /** The errors of the processes' wall clocks, in the order in which the processes are started; the list repeats. */
  readonly clockSkewsMs: readonly number[];
  readonly start: 'start' | 'enqueue';
  /** The saga begins this much later, in milliseconds. */
  readonly startDelayMs?: number;
  readonly moves: readonly PlannedMove[];
  /** The number of callers that start the saga at the same time, with one id or one key. */
  readonly callers: number;
  readonly identifiedBy: 'id' | 'key';
  readonly cancelAtMs: number | undefined;
  /** How often an operator retries a stuck saga. */
  readonly operatorRetries: number;
  /** Whether answers take no time and come in order. */
  readonly isCalm: boolean;
  /**
   * The processes that park a saga while it waits for its next attempt, so that it has no owner. With `some`, every
   * second process parks, so that it also claims sagas whose wait another process kept in memory.
   */
  readonly parks: 'none' | 'all' | 'some';
  readonly callFaults: readonly PlannedFault<CallFault>[];
  readonly handlerFaults: readonly PlannedFault<HandlerFault>[];
  readonly processFaults: readonly ProcessFault[];
  readonly outages: readonly Outage[];
}

/**
 * The settings of every simulated process, in milliseconds. They are short, so that little time passes without events.
 */
export const simulatedTimes = {
  lease: { leaseDurationMs: 200, renewalIntervalMs: 70, safetyMarginMs: 50 },
  intervalMs: 90,
  /** For runs in which answers take no time. */
  calm: { lease: { leaseDurationMs: 60, renewalIntervalMs: 40, safetyMarginMs: 5 }, intervalMs: 50 },
  watchIntervalMs: 60,
  abortGraceMs: 60,
  shutdownTimeoutMs: 80,
  stepTimeoutMs: 40,
  /** Shorter than a grace period that begins with the act, which is possible after a cancel. */
  overtimeMs: 55,
  retryIntervalMs: 10,
  parkAboveMs: 5,
} as const;
