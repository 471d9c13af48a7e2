import type { SagaDefinition } from '../definition/saga-definition.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import type { SagaState } from '../journal/saga-state.js';
import type { NewPointer } from '../ports/saga-outbox.js';
import type { EventClasses } from './attempt-run.js';

/** A durable entry, with the states before and after it. */
export interface RecordedEntry {
  readonly definition: SagaDefinition;
  readonly header: SagaHeader;
  readonly entry: JournalEntry;
  readonly before: SagaState;
  readonly after: SagaState;
  /** The classes of the events in the entry, if their attempt ran here. */
  readonly eventClasses: EventClasses | undefined;
  /** Its messages, if it was written here; undefined if it has none. */
  readonly pointers: readonly NewPointer[] | undefined;
}
