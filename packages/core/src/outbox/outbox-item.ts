import type { TakenMessage } from '../ports/saga-outbox.js';

/** A message that this process has leased. */
export interface OutboxItem extends TakenMessage {
  /** The end of its lease, by the monotonic clock of this process. */
  readonly leasedUntil: number;
}

/** Names the messages of one saga for one sink, which are delivered in order. */
export function lineOf({ sagaId, sink }: Pick<OutboxItem, 'sagaId' | 'sink'>): string {
  return `${sagaId} ${sink}`;
}
