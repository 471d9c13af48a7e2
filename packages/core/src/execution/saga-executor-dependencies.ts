import type { IdGenerator } from '../ports/id-generator.js';
import type { WaitingRule } from './begin-wait.js';
import type { Deliver } from './delivery.js';
import type { JournalWriter } from './journal-writer.js';
import type { RecordedEntry } from './recorded-entry.js';
import type { StepAttemptDependencies } from './step-attempt.js';

/** What an executor needs from its worker. */
export interface SagaExecutorDependencies extends StepAttemptDependencies, WaitingRule {
  readonly worker: string;
  readonly writer: JournalWriter;
  readonly ids: IdGenerator;
  /** Delivers the events of steps; absent: nobody handles them. */
  readonly deliver: Deliver | undefined;
  /** Is told each entry once it is durable, in order. */
  onRecorded(recorded: RecordedEntry): void;
}
