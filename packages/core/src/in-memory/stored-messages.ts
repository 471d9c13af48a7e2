import type { MessageRequest, SagaMessage } from '../ports/saga-storage.js';

interface StoredMessage {
  readonly message: SagaMessage;
  leasedUntil: number;
}

/** The messages to sagas that no worker has delivered yet, in the order in which they were stored. */
export class StoredMessages {
  private readonly stored = new Map<string, StoredMessage>();

  add(message: SagaMessage): void {
    this.stored.set(message.id, { message, leasedUntil: Number.NEGATIVE_INFINITY });
  }

  take({ limit, leaseMs }: MessageRequest, now: number): readonly SagaMessage[] {
    const taken: SagaMessage[] = [];
    for (const one of this.stored.values()) {
      if (taken.length >= limit) break;
      if (one.leasedUntil > now) continue;
      one.leasedUntil = now + leaseMs;
      taken.push(one.message);
    }
    return taken;
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) this.stored.delete(id);
  }
}
