/** Where an execution stands. COMPLETED and FAILED are terminal and never change again. */
export const SagaStatus = {
  /** Queued; no worker owns it yet. */
  Pending: 'pending',
  /** Going forward, step by step. */
  Running: 'running',
  /** Being undone, in reverse order. */
  Compensating: 'compensating',
  /** Every step is done. */
  Completed: 'completed',
  /** It failed or was cancelled, and everything done was undone. */
  Failed: 'failed',
  /** It cannot go on by itself; a person is needed. */
  Stuck: 'stuck',
} as const;
export type SagaStatus = (typeof SagaStatus)[keyof typeof SagaStatus];

/** Whether a status is final. */
export function isTerminal(status: SagaStatus): boolean {
  return status === SagaStatus.Completed || status === SagaStatus.Failed;
}

/** Whether workers have something to do for a saga in this status. */
export function isOpen(status: SagaStatus): boolean {
  return status === SagaStatus.Pending || status === SagaStatus.Running || status === SagaStatus.Compensating;
}
