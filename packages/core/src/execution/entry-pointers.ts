import type { HeaderChange } from '../journal/header-change.js';
import type { EntryDraft } from '../journal/journal-entry.js';
import type { NewPointer } from '../ports/saga-outbox.js';

/** Which messages an entry leads to. */
export interface EntryPointers {
  /** Whether any sink takes the events of steps. */
  readonly takesEvents: boolean;
  /**
   * The messages of an entry that is about to be written; undefined if there are none.
   *
   * @param claimSeq The `seq` of the last claim: 0 if the writer has started the saga itself. Undefined for a request from
   * outside.
   */
  of(
    saga: PointingSaga,
    claimSeq: number | undefined,
    entry: EntryDraft,
    change: HeaderChange | undefined,
  ): readonly NewPointer[] | undefined;
}

/** The saga of an entry. */
export interface PointingSaga {
  readonly sagaId: string;
  readonly saga: string;
}
