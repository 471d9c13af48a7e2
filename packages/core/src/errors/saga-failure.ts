/** Why a saga was undone. */
export const SagaFailureReason = {
  StepFailed: 'step-failed',
  Cancelled: 'cancelled',
  Deadline: 'deadline',
} as const;
export type SagaFailureReason = (typeof SagaFailureReason)[keyof typeof SagaFailureReason];

/** Why a saga cannot go on without a person. */
export const SagaStuckReason = {
  CompensationExhausted: 'compensation-exhausted',
  RecoveryExhausted: 'recovery-exhausted',
  DefinitionMismatch: 'definition-mismatch',
  /** The storage refuses to record how a step ended, whatever is left out of the entry. */
  EntryRefused: 'entry-refused',
  /** The journal has as many entries as it can have. */
  JournalFull: 'journal-full',
} as const;
export type SagaStuckReason = (typeof SagaStuckReason)[keyof typeof SagaStuckReason];

/** What a FAILED or COMPENSATING saga failed of. */
export interface SagaFailure {
  readonly reason: SagaFailureReason;
  /** The id of the step whose act failed; absent where the saga was cancelled between steps. */
  readonly step?: string;
  readonly errorName: string;
  readonly message: string;
  readonly code?: string;
  /** One level of cause: the primary's error, where both sides of a fallback failed, or else the error's own. */
  readonly cause?: SagaErrorCause;
}

/** What is behind an error that a saga failed or is stuck of. */
export interface SagaErrorCause {
  readonly errorName: string;
  readonly message: string;
  readonly code?: string;
}

/** What a STUCK saga waits for a person to mend. */
export interface SagaStuck {
  readonly reason: SagaStuckReason;
  /** The id of the step it stands at, where there is one. */
  readonly step?: string;
  readonly message: string;
  readonly errorName?: string;
  readonly code?: string;
  /** One level of the error's cause. */
  readonly cause?: SagaErrorCause;
}
