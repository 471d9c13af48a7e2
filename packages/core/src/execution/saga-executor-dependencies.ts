import type { IdGenerator } from '../ports/id-generator.js';
import type { WaitingRule } from './begin-wait.js';
import type { CheckpointWriter } from './checkpoint-writer.js';
import type { Deliver } from './delivery.js';
import type { EntryPointers } from './entry-pointers.js';
import type { JournalWriter } from './journal-writer.js';
import type { EndedRun, ExecutionEnd } from './execution-end.js';
import type { RecordedEntry } from './recorded-entry.js';
import type { StepAttemptDependencies } from './step-attempt-dependencies.js';

/** What an executor needs from its worker. */
export interface SagaExecutorDependencies extends StepAttemptDependencies, WaitingRule {
  readonly worker: string;
  readonly writer: JournalWriter;
  /** Runs attempts, and appends their entries. */
  readonly checkpoint: CheckpointWriter;
  readonly ids: IdGenerator;
  /** Delivers the events of steps; undefined if this process has no handlers. */
  readonly deliver: Deliver | undefined;
  /** The messages of entries; undefined if the storage has no place for them. */
  readonly pointers: EntryPointers | undefined;
  /** Whether events wait for handlers of this process, so that their entry ends and parks nothing. */
  readonly waitsForHandlers: () => boolean;
  /** Called with each entry once it is durable, in order. */
  onRecorded(recorded: RecordedEntry): void;
  /** Called last; the run resolves when this returns. */
  onEnd(run: EndedRun, end: ExecutionEnd): void;
}
