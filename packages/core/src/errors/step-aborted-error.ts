import { SagaError } from './saga-error.js';

/** The reason why a running step has to stop. */
export type StepAbortReason =
  'timeout' | 'cancelled' | 'deadline' | 'sibling-failed' | 'lease-lost' | 'shutdown';

/** The reason of `run.signal` when it fires: the attempt was ended from outside. */
export class StepAbortedError extends SagaError {
  readonly code = 'SAGA_STEP_ABORTED';

  constructor(
    readonly sagaId: string,
    readonly step: string,
    readonly reason: StepAbortReason,
  ) {
    const why = {
      timeout: 'it ran longer than its timeoutMs',
      cancelled: 'the saga was cancelled',
      deadline: 'the saga passed its deadline',
      'sibling-failed': 'another branch of its stage failed, and the saga is undone',
      'lease-lost': 'this worker could not renew its lease, so another one may run the saga',
      shutdown: 'this process is shutting down; another worker will run the step again',
    }[reason];
    super(`Step "${step}" of saga ${sagaId} was aborted: ${why}.`);
  }
}
