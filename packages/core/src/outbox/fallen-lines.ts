import type { OutboxPosition } from '../ports/saga-outbox.js';

/**
 * The sagas that run in this process with a message that it did not deliver at once, by sink: further messages must not
 * overtake it, so they are taken from the storage.
 */
export class FallenLines {
  private readonly sinksOf = new Map<string, Set<string>>();

  add({ sagaId, sink }: Pick<OutboxPosition, 'sagaId' | 'sink'>): void {
    const sinks = this.sinksOf.get(sagaId);
    if (sinks === undefined) this.sinksOf.set(sagaId, new Set([sink]));
    else sinks.add(sink);
  }

  has({ sagaId, sink }: Pick<OutboxPosition, 'sagaId' | 'sink'>): boolean {
    return this.sinksOf.get(sagaId)?.has(sink) ?? false;
  }

  forget(sagaId: string): void {
    this.sinksOf.delete(sagaId);
  }
}
