import type { RecordedEntry } from '../execution/recorded-entry.js';

/** Reacts to the entries that this process records. */
export interface EntrySubscriber {
  /** Called with each entry once it is durable, in the order of the journal. */
  recorded(recorded: RecordedEntry): void;
}

/** Publishes the entries that this process records, to each subscriber in turn. */
export class PublicationFeed implements EntrySubscriber {
  constructor(private readonly subscribers: readonly EntrySubscriber[]) {}

  recorded(recorded: RecordedEntry): void {
    for (const subscriber of this.subscribers) subscriber.recorded(recorded);
  }
}
