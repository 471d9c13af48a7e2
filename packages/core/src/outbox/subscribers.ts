import type { SagaStatus } from '../journal/saga-status.js';
import type { SagaOutbox, SagaSubscriber } from '../ports/saga-outbox.js';
import { sinkOfSubscriber } from '../ports/saga-outbox.js';

/** The handlers of ends of sagas in all processes, as this process last read them. */
export class Subscribers {
  private known: readonly SagaSubscriber[] = [];

  constructor(private readonly outbox: SagaOutbox) {}

  /** Reads them. Rejects with the storage's error, and keeps those that are known. */
  async refresh(): Promise<void> {
    this.known = await this.outbox.listSubscribers();
  }

  /** The sinks of those that are called for a saga with this status. */
  sinksOf(saga: string, status: SagaStatus): readonly string[] {
    // hot path: nearly every end of a saga finds an empty list.
    if (this.known.length === 0) return this.none;
    return this.known
      .filter((one) => one.ending === status && (one.saga === undefined || one.saga === saga))
      .map(({ name }) => sinkOfSubscriber(name));
  }

  private readonly none: readonly string[] = [];
}
