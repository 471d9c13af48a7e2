import type { EntryDraft } from '../journal/journal-entry.js';
import type { SagaState } from '../journal/saga-state.js';
import type { AppendResult } from '../ports/saga-storage.js';

/** An entry on its way, with the state that it makes. */
export interface Write {
  readonly draft: EntryDraft;
  readonly seq: number;
  readonly after: SagaState;
  readonly result: Promise<AppendResult>;
}
