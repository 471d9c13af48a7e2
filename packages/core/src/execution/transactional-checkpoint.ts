import { StepOutcome } from '../definition/step-run.js';
import type { AppendRequest, AppendResult, StorageTransaction } from '../ports/saga-storage.js';
import type { AttemptEnd } from './attempt-end.js';
import type { CheckpointWriter } from './checkpoint-writer.js';
import type { FinishedAttempt } from './decide-entry.js';
import type { Mailbox } from './mailbox.js';
import type { ActAction, Action, CompensateAction } from './action.js';
import type { SagaRecord } from './saga-record.js';
import type { StepAttempt } from './step-attempt.js';
import { StopRun } from './stop-run.js';

/**
 * How a transaction ended. `over`: its entry is stored, or other entries made it useless and it is rolled back. `again`: it
 * failed for a reason that may be gone. `failed`: it is rolled back, and the failure is to be recorded.
 */
export type TransactionEnd =
  | { readonly kind: 'over' }
  | { readonly kind: 'again' }
  | { readonly kind: 'failed'; readonly attempt: FinishedAttempt };

const over: TransactionEnd = { kind: 'over' };
const again: TransactionEnd = { kind: 'again' };

/** Runs an attempt in a transaction, and appends its entry as the last statement of the same transaction. */
export class TransactionalCheckpoint implements CheckpointWriter {
  constructor(private readonly transaction: StorageTransaction) {}

  start(attempt: StepAttempt): Promise<AttemptEnd | Mailbox> {
    attempt.bind(this.transaction, () => this.transaction.abandon());
    return attempt.start();
  }

  append(request: AppendRequest): Promise<AppendResult> {
    return this.transaction.append(request);
  }

  /** Stores the entry of an attempt together with its effect, or neither of them. */
  async settle(record: SagaRecord, finished: FinishedAttempt): Promise<TransactionEnd> {
    const { action, outcome } = finished;
    if (outcome.kind === 'failed') return this.failed(finished, outcome.error);
    for (;;) {
      // Another entry decided otherwise, for example a cancel: the effect is rolled back, and the saga continues from there.
      if (!isStillNext(record.nextActions()[0], action)) return over;
      const pending = record.append(record.decide(record.state, finished), this);
      try {
        if ((await pending.result) === 'fenced') {
          await record.reload();
          continue;
        }
      } catch (error) {
        if (error instanceof StopRun) throw error;
        return this.failed(finished, error);
      }
      if (!record.mayKeepTrying()) throw new StopRun('lease-lost');
      try {
        await this.transaction.commit();
      } catch (error) {
        this.transaction.abandon();
        // Its answer may be lost, and the journal shows whether it was committed.
        return (await record.reload(pending)) ? over : this.failed(finished, error);
      }
      record.recorded(pending);
      return over;
    }
  }

  private failed(finished: FinishedAttempt, error: unknown): TransactionEnd {
    if (this.transaction.isTransient(error)) return again;
    return { kind: 'failed', attempt: rolledBack(finished, error) };
  }
}

/** A transaction that is rolled back is never in doubt, whatever the handler had done. */
function rolledBack(finished: FinishedAttempt, error: unknown): FinishedAttempt {
  const { outcome } = finished;
  const isBreakerOpen = outcome.kind === 'failed' && outcome.isBreakerOpen;
  const failed = {
    kind: 'failed',
    error,
    outcome: StepOutcome.Failed,
    response: undefined,
    isBreakerOpen,
  } as const;
  return { ...finished, outcome: failed };
}

function isStillNext(next: Action | undefined, action: ActAction | CompensateAction): boolean {
  return next?.kind === action.kind && next.step.id === action.step.id && next.attempt === action.attempt;
}
