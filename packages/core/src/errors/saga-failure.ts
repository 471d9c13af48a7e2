/** The reason why a saga was undone. */
export const SagaFailureReason = {
  StepFailed: 'step-failed',
  Cancelled: 'cancelled',
  Deadline: 'deadline',
  /** It is a reversal: it undoes another execution, which had completed. */
  Reversed: 'reversed',
} as const;
export type SagaFailureReason = (typeof SagaFailureReason)[keyof typeof SagaFailureReason];

/** The reason why a saga needs an operator. */
export const SagaStuckReason = {
  CompensationExhausted: 'compensation-exhausted',
  RecoveryExhausted: 'recovery-exhausted',
  DefinitionMismatch: 'definition-mismatch',
  /** The storage refuses to record the result of a step, even without its values. */
  EntryRefused: 'entry-refused',
  /** It is unknown whether the pivot has its effect, after ten attempts that did not answer. */
  PivotInDoubt: 'pivot-in-doubt',
  /** A step after which nothing is undone has failed for good. */
  ForwardExhausted: 'forward-exhausted',
  /** The journal has the maximum number of entries. */
  JournalFull: 'journal-full',
} as const;
export type SagaStuckReason = (typeof SagaStuckReason)[keyof typeof SagaStuckReason];

/** The failure of a FAILED or COMPENSATING saga. */
export interface SagaFailure {
  readonly reason: SagaFailureReason;
  /** The id of the step whose act failed; absent if the saga was cancelled, or passed its deadline, between two steps. */
  readonly step?: string;
  readonly errorName: string;
  readonly message: string;
  readonly code?: string;
  /** One level of cause: the primary's error, if both sides of a fallback failed, or else the cause of the error. */
  readonly cause?: SagaErrorCause;
}

/** The cause of the error because of which a saga failed or is stuck. */
export interface SagaErrorCause {
  readonly errorName: string;
  readonly message: string;
  readonly code?: string;
}

/** The problem of a STUCK saga, which an operator has to fix. */
export interface SagaStuck {
  readonly reason: SagaStuckReason;
  /** The id of the step at which it is stuck, if there is one. */
  readonly step?: string;
  readonly message: string;
  readonly errorName?: string;
  readonly code?: string;
  /** One level of the error's cause. */
  readonly cause?: SagaErrorCause;
}
