import type { EntryPointers } from '../execution/entry-pointers.js';
import type { EntrySubscriber } from './publication-feed.js';

/** The messages of the entries of a worker: see `OutboxRelay`. */
export interface WorkerOutbox extends EntryPointers, EntrySubscriber {
  /** Reads again which handlers there are in other processes. */
  refresh(): void;
  /** This process does not run the saga any more. */
  left(sagaId: string): void;
}
