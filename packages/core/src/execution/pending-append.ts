import type { EntryDraft } from '../journal/journal-entry.js';
import type { SagaState } from '../journal/saga-state.js';
import type { NewPointer } from '../ports/saga-outbox.js';
import type { AppendResult } from '../ports/saga-storage.js';

/** An entry that is being appended, with the resulting state. */
export interface PendingAppend {
  readonly draft: EntryDraft;
  readonly seq: number;
  readonly after: SagaState;
  readonly pointers: readonly NewPointer[] | undefined;
  readonly result: Promise<AppendResult>;
}
