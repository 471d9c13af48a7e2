import type { AppendRequest, AppendResult } from '../ports/saga-storage.js';
import type { AttemptEnd } from './attempt-end.js';
import type { JournalWriter, WriteLimit } from './journal-writer.js';
import type { Mailbox } from './mailbox.js';
import type { StepAttempt } from './step-attempt.js';

/**
 * Runs an attempt and appends its entry. Both halves are methods of one object, so a transaction can span them.
 *
 * hot path: one method that takes the decision as a callback would cost a saga in flight 600 bytes, which is the frame
 * that waits for the attempt.
 */
export interface CheckpointWriter {
  /** The first half: see `StepAttempt.start`. */
  start(attempt: StepAttempt): Promise<AttemptEnd | Mailbox>;
  /** The second half, when it is the turn of this attempt to append. If it is fenced, the entry is decided again. */
  append(request: AppendRequest, limit: WriteLimit): Promise<AppendResult>;
}

/** Appends by the writer of the journal. Nothing is open while the handler runs. */
export class JournaledCheckpoint implements CheckpointWriter {
  constructor(private readonly writer: JournalWriter) {}

  start(attempt: StepAttempt): Promise<AttemptEnd | Mailbox> {
    return attempt.start();
  }

  append(request: AppendRequest, limit: WriteLimit): Promise<AppendResult> {
    return this.writer.append(request, limit);
  }
}
