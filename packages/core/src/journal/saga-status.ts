/** The status of an execution. COMPLETED and FAILED are terminal and never change again. */
export const SagaStatus = {
  /** Queued; it has no owner yet. */
  Pending: 'pending',
  /** Running forward, step by step. */
  Running: 'running',
  /** Being undone, in reverse order. */
  Compensating: 'compensating',
  /** All steps are done. */
  Completed: 'completed',
  /** It failed or was cancelled, and the completed steps were undone. */
  Failed: 'failed',
  /** It cannot continue by itself and needs an operator. */
  Stuck: 'stuck',
} as const;
export type SagaStatus = (typeof SagaStatus)[keyof typeof SagaStatus];

/** Whether a status is final. */
export function isTerminal(status: SagaStatus): boolean {
  return status === SagaStatus.Completed || status === SagaStatus.Failed;
}

/** Whether workers have work for a saga in this status. */
export function isOpen(status: SagaStatus): boolean {
  return status === SagaStatus.Pending || status === SagaStatus.Running || status === SagaStatus.Compensating;
}
