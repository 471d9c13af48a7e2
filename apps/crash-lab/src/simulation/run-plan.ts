import type { CompensateOn } from '@nest-saga/core';
/** What one attempt of an act does. */
export type ActOutcome =
  | 'ok'
  /** Throws, and has changed nothing. */
  | 'fail'
  /** Throws, though the outside world was changed. */
  | 'fail-after-effect'
  /** Never ends by itself. */
  | 'hang'
  /** Returns after its time is up, within its grace. */
  | 'overtime'
  /** Throws what the fallback is not for. */
  | 'refuse'
  /** Throws what no retry is for. */
  | 'fatal'
  /** Returns what cannot be stored. */
  | 'unstorable';

/** What one attempt of a compensation does. */
export type UndoOutcome = 'ok' | 'fail' | 'hang';

/** A step with what its attempts do, by their number; what comes after the lists is `ok`. */
export interface StepPlan {
  readonly id: string;
  readonly act: readonly ActOutcome[];
  readonly undo: readonly UndoOutcome[];
  /** Until an operator has asked for so many retries every compensation fails. */
  readonly brokenRounds: number;
  readonly actAttempts: number;
  readonly undoAttempts: number;
  readonly onExhausted: 'halt' | 'continue';
  readonly compensateOn: CompensateOn;
  readonly emits: boolean;
  readonly durationMs: number;
}

/** A place in the saga. */
export interface StagePlan {
  /** The saga waits for so long before it. */
  readonly delayMs?: number;
  readonly primary: StepPlan;
  readonly alternative?: StepPlan;
  /** Every error of the primary leads to the alternative, and not only those of a gateway. */
  readonly isForAnyError?: boolean;
}

/** A declared saga with its scripted outcomes. */
export interface SagaPlan {
  readonly stages: readonly StagePlan[];
  readonly maximumRecoveryAttempts: number;
}

/** What happens to one call of the storage. */
export type CallFault =
  /** The process dies before it is sent. */
  | 'crash-before'
  /** The process dies while it is on its way, and it still happens. */
  | 'crash-during'
  /** It happens, and the process dies before the answer. */
  | 'crash-after'
  /** It does not happen, and the caller is told so. */
  | 'not-written'
  /** It happens, and the caller is told that nobody knows. */
  | 'answer-lost'
  /** It does not happen, and the caller is told that nobody knows. */
  | 'request-lost'
  /** The caller is told that nobody knows, and it happens long after. */
  | 'late'
  /** The answer takes longer than a lease. */
  | 'slow'
  /** The process stands still for longer than a lease, right after it has asked. */
  | 'pause'
  /** The storage will never take it. */
  | 'refused';

/** What happens to one call of a handler. */
export type HandlerFault =
  'crash-at-entry' | 'crash-inside' | 'crash-at-exit' | 'pause-at-entry' | 'pause-inside';

/** One thing that goes wrong, at the n-th call from the run's beginning. */
export interface PlannedFault<Kind> {
  readonly call: number;
  readonly kind: Kind;
}

/** One thing that happens to a process at a moment. */
export interface ProcessFault {
  readonly atMs: number;
  readonly kind: 'crash' | 'shutdown' | 'pause';
}

/** A time in which the same thing happens to every call of the storage, whoever makes it. */
export interface Outage {
  readonly fromMs: number;
  readonly durationMs: number;
  readonly kind: 'not-written' | 'request-lost' | 'answer-lost';
}

/** Everything that a run is determined by. */
export interface RunPlan {
  readonly saga: SagaPlan;
  /** Of the order in which answers and timers come, and of every random number. */
  readonly seed: number;
  readonly processes: number;
  /** By how much the wall clocks of the processes are wrong, in the order in which they are started, round and round. */
  readonly clockSkewsMs: readonly number[];
  readonly start: 'start' | 'enqueue';
  /** Callers that start it at the same time, with one id or one key. */
  readonly callers: number;
  readonly identifiedBy: 'id' | 'key';
  readonly cancelAtMs: number | undefined;
  /** How often an operator asks for a stuck saga to be tried again. */
  readonly operatorRetries: number;
  /** Answers take no time and come in order. */
  readonly isCalm: boolean;
  /**
   * The processes that park a saga which waits for its next attempt: it has no owner meanwhile. With `some` every other
   * process does, so that one claims sagas whose wait another one held in memory.
   */
  readonly parks: 'none' | 'all' | 'some';
  readonly callFaults: readonly PlannedFault<CallFault>[];
  readonly handlerFaults: readonly PlannedFault<HandlerFault>[];
  readonly processFaults: readonly ProcessFault[];
  readonly outages: readonly Outage[];
}

/** The settings of every simulated process, in milliseconds: short, so that little time passes where nothing does. */
export const simulatedTimes = {
  lease: { leaseDurationMs: 200, renewalIntervalMs: 70, safetyMarginMs: 50 },
  intervalMs: 90,
  /** Where answers take no time. */
  calm: { lease: { leaseDurationMs: 60, renewalIntervalMs: 40, safetyMarginMs: 5 }, intervalMs: 50 },
  watchIntervalMs: 60,
  abortGraceMs: 60,
  shutdownTimeoutMs: 80,
  stepTimeoutMs: 40,
  /** Sooner than a grace that begins with the act, as that of a cancel can. */
  overtimeMs: 55,
  retryIntervalMs: 10,
  parkAboveMs: 5,
} as const;
