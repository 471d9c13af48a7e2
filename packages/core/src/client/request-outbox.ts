import type { EntryPointers } from '../execution/entry-pointers.js';

/** The messages of requests: see `OutboxRelay`. */
export interface RequestOutbox extends EntryPointers {
  /** Reads which handlers of ends there are. Rejects with the storage's error. */
  refreshed(): Promise<void>;
  /** There may be messages that no process has leased. */
  lookSoon(): void;
}
